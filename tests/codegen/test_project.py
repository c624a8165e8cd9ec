"""`tally generate --dist`: a project that builds, installs and imports, whose version only ever grows."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version
from tests.conftest import Project

Output = Callable[[], str]
USE = """
from importlib.metadata import version
from meridian_events.commerce import ORDER_PLACED, OrderLine
from meridian_events.testing import fake
assert fake(OrderLine, seed=1) == fake(OrderLine, seed=1)
print(version("meridian-events"), ORDER_PLACED.topic)
"""


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a folder that is not there yet."""
    return tmp_path / "dist"


def made(project: Project, output: Output, dist: Path, *more: str) -> Version:
    """Write the project, and return its version."""
    assert 0 == project.tally("generate", "--dist", str(dist), *more)
    name, version, *_ = output().replace(":", "").split()

    assert "meridian-events" == name
    return Version(version)


def test_it_builds_installs_and_imports(project: Project, output: Output, dist: Path, tmp_path: Path) -> None:
    version = made(project, output, dist)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(tmp_path), str(dist)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = tmp_path.glob("meridian_events-*.whl")
    into = tmp_path / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(into), str(wheel)], check=True, capture_output=True)
    run = subprocess.run(
        [sys.executable, "-c", USE],
        env={**os.environ, "PYTHONPATH": str(into)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, f"{version} commerce.order-placed.v1\n") == (run.returncode, run.stdout), run.stderr


def test_its_version_only_ever_grows(project: Project, output: Output, dist: Path) -> None:
    project.replace(project.contract, "version: 1.1.0", "version: 1.1.1")
    versions = [made(project, output, dist)]
    project.tally("release", "commerce.order-placed")
    output()
    versions += [made(project, output, dist), made(project, output, dist, "--repeat", "1")]
    project.replace(project.schema, '"What the customer wrote to us."', '"What they wrote."')
    project.replace(project.contract, "version: 1.1.1", "version: 1.1.2")
    versions.append(made(project, output, dist))
    project.replace(project.contract, "version: 1.1.2", "version: 2.0.0")
    project.replace(project.contract, "commerce.order-placed.v1", "commerce.order-placed.v2")
    versions.append(made(project, output, dist))

    assert ["1.3.0.dev0", "1.3.0", "1.3.0.post1", "1.4.0.dev0", "2.4.0.dev0"] == [str(each) for each in versions]
    assert sorted(versions) == versions


def test_its_changelog_says_what_each_version_of_a_contract_changed(
    project: Project, output: Output, dist: Path
) -> None:
    project.replace(project.schema, '"What the customer wrote to us."', '"What they wrote."')
    project.replace(project.contract, "version: 1.1.0", "version: 1.1.1")
    made(project, output, dist)
    text = (dist / "CHANGELOG.md").read_text(encoding="utf-8")

    assert "## commerce.order-placed\n\n### 1.1.1, not released yet\n\n- Changed field `note`: doc " in text
    assert '### 1.1.0\n\n- Added field `channel`: `Channel`; default `"OTHER"`; doc ' in text
    assert text.endswith("### 1.0.0\n\n- The first version.\n")


def test_it_depends_on_the_cel_library_if_a_rule_does(project: Project, output: Output, dist: Path) -> None:
    def needed() -> str:
        made(project, output, dist)
        (requirement,) = tomllib.loads((dist / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
        return str(requirement).partition(">=")[0]

    without = needed()
    project.replace(project.contract, "message.lines.size() > 0", "message.order_id.matches('^o-')")

    assert ("tallystick", "tallystick[cel]") == (without, needed())


def test_check_names_what_was_edited_and_writes_nothing(project: Project, output: Output, dist: Path) -> None:
    made(project, output, dist)

    assert 0 == project.tally("generate", "--dist", str(dist), "--check")
    assert "meridian-events 1.2.0: 10 files, 0 not as they should be\n" == output()
    readme = dist / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    assert 1 == project.tally("generate", "--dist", str(dist), "--check")
    assert f"{dist}/README.md: edited by hand; put the change into the contract\n" in output()
    assert readme.read_text(encoding="utf-8").endswith("More.\n")


def test_a_folder_that_holds_something_else_is_left_alone(project: Project, output: Output, dist: Path) -> None:
    dist.mkdir()
    (dist / "pyproject.toml").write_text("[project]\nname = 'mine'\n", encoding="utf-8")

    assert 2 == project.tally("generate", "--dist", str(dist))
    assert "pyproject.toml was not written by tally generate" in output()
    assert not (dist / "README.md").exists()
    assert "[project]\nname = 'mine'\n" == (dist / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--dist", "dist", "--watch"], "error: --dist is done once, so there is nothing to watch for\n"),
        (["--repeat", "1"], "error: --repeat is about a project's version\n  fix: use it with --dist DIR\n"),
        (["--dist", "dist", "--package", "not-a-name"], "error: 'not-a-name' can't be a package in Python\n"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    project: Project, output: Output, arguments: list[str], expected: str
) -> None:
    assert 2 == project.tally("generate", *arguments)
    assert output().startswith(expected)


def test_of_several_packages_one_is_chosen(project: Project, output: Output, dist: Path) -> None:
    settings = project.root / "contracts/tally.yaml"
    one = "  - {target: python, package: meridian_events, out: src}\n"
    project.replace(settings, one, f"{one}  - {{target: python, package: shop_events, out: src}}\n")

    assert 2 == project.tally("generate", "--dist", str(dist))
    assert "a project has one package, and there are meridian_events, shop_events\n" in output()
    assert 0 == project.tally("generate", "--dist", str(dist), "--package", "shop_events")
    assert (dist / "src/shop_events/py.typed").is_file()
