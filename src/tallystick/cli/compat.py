"""tally compat."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tallystick.compat.verdict import judge_schemas
from tallystick.contract.bare import read_schemas
from tallystick.contract.modes import Mode
from tallystick.gate.answers import ANSWERS
from tallystick.gate.run import Report
from tallystick.rulekit.finding import finding_of_error


@click.command("compat", short_help="Compare bare schema files.")
@click.argument("old", nargs=-1, required=True, metavar="OLD...", type=click.Path(exists=True))
@click.argument("new", type=click.Path(exists=True))
@click.option(
    "--level",
    type=click.Choice([mode.value for mode in Mode], case_sensitive=False),
    default=Mode.BACKWARD.value,
    show_default=True,
    help="What must be able to read what.",
)
@click.option(
    "--types",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True),
    help="A file, or a folder of files, with Avro types that the schemas use.",
)
@click.option("--output", type=click.Choice(list(ANSWERS)), default="text", help="How to answer.", show_default=True)
def command(old: Sequence[str], new: str, level: str, types: Sequence[str], output: str) -> int:
    """Compare schema files, oldest first, without any contract: could NEW follow OLD?

    \b
    tally compat order_v1.avsc order_v2.avsc
    tally compat v1.avsc v2.avsc v3.avsc --level FULL_TRANSITIVE
    tally compat v1/order.avsc v2/order.avsc --types shared
    tally compat old/shop/paid.proto new/shop/paid.proto

    Avro types that a schema uses and does not define are looked for in its own folder, then in --types.
    What a .proto file imports is looked for in its own folder, then in each folder above:
    import "shared/money.proto" in new/shop/paid.proto finds new/shared/money.proto.
    """
    schemas, problems = read_schemas((*old, new), types)
    findings = [finding_of_error(problem) for problem in problems]
    if not findings:
        *previous, (_, newest) = schemas
        findings = judge_schemas(newest, previous, Mode(level.upper()))
    counted = f"{len(old)} earlier file" if len(old) == 1 else f"{len(old)} earlier files"
    report = Report(
        tuple(sorted(findings, key=lambda f: (f.span, f.code))),
        0 if problems else 1,
        f"{counted} at {level.upper()}",
        "schema",
    )
    click.echo(ANSWERS[output](report))
    return report.exit_code
