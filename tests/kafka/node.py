"""A real Apache Kafka for tests: one KRaft node from the jars on Maven Central."""

from __future__ import annotations

import base64
import contextlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

KAFKA, SCALA, SLF4J = "4.4.0", "2.13", "1.7.36"  # slf4j: the API's version that this Kafka brings along
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"
JAVA = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # starts sooner, takes less of two cores
OLDEST_JAVA = 17

POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tallystick</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_{SCALA}</artifactId><version>{KAFKA}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>{SLF4J}</version>
    </dependency>
  </dependencies>
</project>
"""

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


class KafkaUnavailable(Exception):
    """No node could be had. The message says what is missing, or ends with what was logged."""


def fetch(cache: Path = CACHE) -> Path:
    """Return the folder of Kafka's jars, fetched once.

    The folder gets its name when it is whole, so an interrupted run leaves none, and of two at once one wins.
    """
    jars = cache / KAFKA
    if jars.is_dir():
        return jars
    _require("mvn", "Maven", "maven")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetching-") as folder:
        (Path(folder) / "pom.xml").write_text(POM, encoding="utf-8")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars"]
        done = subprocess.run(["mvn", "-q", "-B", *goal], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KafkaUnavailable(f"Maven could not fetch Apache Kafka {KAFKA}:\n{done.stdout[-2000:]}")
        # Fails only where another run was faster: a folder that is not empty is never replaced.
        with contextlib.suppress(OSError):
            (Path(folder) / "jars").rename(jars)
    return jars


class KafkaNode:
    """A running node, for the length of a `with` block. `bootstrap` is its address, `log` what it says."""

    bootstrap: str

    def __init__(self, folder: Path, *, cache: Path = CACHE) -> None:
        self.folder, self.log = folder, folder / "kafka.log"
        _require_java()
        self.jars = fetch(cache)

    def __enter__(self) -> Self:
        broker, controller = _free_ports(2)
        self.bootstrap = f"127.0.0.1:{broker}"
        server = self.folder / "server.properties"
        text = PROPERTIES.format(broker=broker, controller=controller, data=self.folder / "data")
        server.write_text(text, encoding="utf-8")
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        run = [*JAVA, "-cp", f"{self.jars}/*"]
        with self.log.open("w") as log:
            # With "=": one id in 64 begins with "-", and would be taken for an option.
            options = [f"--cluster-id={cluster}", "--config", str(server)]
            format_storage = [*run, "kafka.tools.StorageTool", "format", *options]
            if subprocess.run(format_storage, stdout=log, stderr=log, check=False).returncode:
                raise KafkaUnavailable(f"storage was not formatted:\n{self._last_words()}")
            self.process = subprocess.Popen([*run, "kafka.Kafka", str(server)], stdout=log, stderr=log)
        # Ends the node when this process is gone, however it went: then the pipe closes, and cat ends.
        watch = f"cat; kill -9 {self.process.pid}"
        self.guard = subprocess.Popen(["/bin/sh", "-c", watch], stdin=subprocess.PIPE, start_new_session=True)
        try:
            self._wait_until_it_answers(seconds=90)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.guard.kill()  # before the pipe closes: the id may be another process's by then
        self.guard.communicate()

    def _wait_until_it_answers(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise KafkaUnavailable(f"Kafka ended with code {self.process.returncode}:\n{self._last_words()}")
            with contextlib.suppress(KafkaException):
                client.list_topics(timeout=1)
                return
        raise KafkaUnavailable(f"Kafka did not answer in {seconds:g} s:\n{self._last_words()}")

    def _last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def _require(command: str, name: str, package: str) -> None:
    if shutil.which(command) is None:
        raise KafkaUnavailable(
            f"{name} is not installed: there is no '{command}'; on Debian: apt-get install {package}"
        )


def _require_java() -> None:
    package = f"openjdk-{OLDEST_JAVA}-jre-headless"
    _require("java", f"Java {OLDEST_JAVA} or newer", package)
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        first = said.strip().partition("\n")[0]
        raise KafkaUnavailable(
            f"Java {OLDEST_JAVA} or newer is needed, not: {first}; on Debian: apt-get install {package}"
        )


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [opened.getsockname()[1] for opened in sockets]
