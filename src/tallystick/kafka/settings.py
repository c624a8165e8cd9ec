"""Where the cluster and the registry are, and how to talk to them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tallystick.errors import UsageError

_PREFIX = "TALLY_KAFKA_"
_NEEDED = {
    "TALLY_BOOTSTRAP": "set it to the cluster's host:port, for example localhost:9092",
    "TALLY_REGISTRY": "set it to the registry's URL, for example http://localhost:8081",
}
# "Stored when handled, committed when stored" stands on the last two.
_OURS = frozenset({"bootstrap.servers", "group.id", "enable.auto.commit", "enable.auto.offset.store"})
_USERINFO = re.compile(r"//[^/@]*@")


@dataclass(frozen=True)
class Settings:
    """A cluster, a registry, and librdkafka's properties for whatever else the cluster asks for (TLS, SASL)."""

    bootstrap: str
    registry: str
    properties: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a property that we set ourselves: to ignore it silently would be worse."""
        taken = sorted(_OURS & self.properties.keys())
        if taken:
            raise UsageError(f"'{taken[0]}' can't be set", fix=f"leave {', '.join(taken)} to tallystick")

    def __repr__(self) -> str:
        """Name the properties and keep their values, and the registry's password, to ourselves."""
        registry = _USERINFO.sub("//***@", self.registry)
        return f"Settings(bootstrap={self.bootstrap!r}, registry={registry!r}, properties={sorted(self.properties)})"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Return what TALLY_BOOTSTRAP, TALLY_REGISTRY and TALLY_KAFKA_* say.

        TALLY_KAFKA_SECURITY_PROTOCOL is librdkafka's `security.protocol`, and so on.

        Raises:
            UsageError: one that is needed is not set.
        """
        for name, fix in _NEEDED.items():
            if not environ.get(name):
                raise UsageError(f"the environment variable {name} is not set", fix=fix)
        properties = {
            name.removeprefix(_PREFIX).lower().replace("_", "."): value
            for name, value in environ.items()
            if name.startswith(_PREFIX)
        }
        return cls(environ["TALLY_BOOTSTRAP"], environ["TALLY_REGISTRY"], properties)
