"""The whole path in under a minute: a contract, its gate, its registry, typed messages, and a change that breaks.

Run it with `make demo`. The broker is embedded, the registry is `tally serve`; nothing outside a temporary folder is written.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

from meridian_events.commerce import Channel, Currency, OrderLine, OrderPlaced, OrderPlacedConsumer, OrderPlacedProducer
from meridian_events.commerce.order_placed import TOPIC
from meridian_events.google.protobuf.timestamp_pb2 import Timestamp
from meridian_events.payments import (
    Acquirer,
    Card,
    TransactionAuthorized,
    TransactionAuthorizedConsumer,
    TransactionAuthorizedProducer,
)
from meridian_events.payments.transaction_authorized import TOPIC as PAYMENTS
from meridian_events.shared.money_pb2 import Money
from tallystick.cli.main import main as tally
from tallystick.errors import EXIT_FINDINGS, EXIT_OK, TallyError
from tallystick.kafka.settings import Settings
from tallystick.runtime.embedded import EmbeddedBroker

CONTRACTS = Path(__file__).parents[2] / "contracts"
CONTRACT = "contracts/commerce/order-placed/contract.yaml"
SCHEMA = "contracts/commerce/order-placed/order_placed.avsc"
EXAMPLE = "contracts/commerce/order-placed/examples/valid-two-lines.json"
ORDERS, LATER_ORDERS = 1_000, 100

GIFT = """\
    {"name": "gift_message", "type": ["null", "string"], "doc": "To print on the card.", "default": null},
    {"name": "note","""


def main() -> int:
    """Run the demo and return its exit code."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tally-demo-") as folder, EmbeddedBroker() as broker:
        root = Path(folder)
        shutil.copytree(CONTRACTS, root / "contracts")
        broker.create_topic(TOPIC, partitions=6)
        broker.create_topic(PAYMENTS, partitions=6)
        with serve(root) as registry:
            settings = broker.settings(registry)
            say(f"A broker on {broker.bootstrap}, in this process; tally serve on {registry}, in one of its own.")
            with OrderPlacedConsumer.connect(group="billing", settings=settings) as billing:
                publish_and_produce(root, settings, billing)
                evolve(root, settings, billing)
                pay(root, settings)
                break_it(root, settings)
    say(f"Done in {time.monotonic() - started:.0f} seconds.")
    return EXIT_OK


@contextmanager
def serve(root: Path) -> Iterator[str]:
    """Start `tally serve`, give the URL that it prints, and stop it at the end."""
    command = [sys.executable, "-m", "tallystick", "serve", "--store", str(root / "registry.db"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            started = server.stdout.readline() if server.stdout else ""
            if not started.startswith("registry on "):
                raise TallyError("tally serve did not start", fix="run it by itself to see why")
            yield started.split()[2].rstrip(",")
        finally:
            server.terminate()


def publish_and_produce(root: Path, settings: Settings, billing: OrderPlacedConsumer) -> None:
    """Publish the contract, send orders, read them back typed."""
    step("1. The contract is checked and published: registry and producers now know it.")
    run(root, "check", "--against", "history")
    run(root, "publish", "commerce.order-placed", "--registry", settings.registry)
    step(f"2. {ORDERS:,} orders go through the topic: typed in, typed out.")
    with OrderPlacedProducer.connect(settings) as producer:
        for order in orders(ORDERS):
            producer.send(order, key=order.customer_id)
    show_totals(take(billing, ORDERS))


def evolve(root: Path, settings: Settings, billing: OrderPlacedConsumer) -> None:
    """Add a field with a default; the consumer of the version before goes on reading."""
    step("3. Checkout adds a field with a default. Nobody breaks, and the gate says so.")
    edit(root / SCHEMA, '    {"name": "note",', GIFT)
    edit(root / CONTRACT, "version: 1.2.0", "version: 1.3.0")
    run(root, "check", "--against", "history")
    run(root, "publish", "commerce.order-placed", "--registry", settings.registry)
    run(root, "generate", "--package", "next_events", "--out", "lib")
    sys.path.insert(0, str(root / "lib"))
    following = import_module("next_events.commerce")
    with following.OrderPlacedProducer.connect(settings) as producer:
        for order in orders(LATER_ORDERS):
            facts = {name: getattr(order, name) for name in ("order_id", "customer_id", "placed_at", "total")}
            line = following.OrderLine(sku="mug", quantity=1, unit_price=order.total)
            value = following.OrderPlaced(
                **facts, currency=following.Currency(order.currency), lines=[line], gift_message="Happy birthday!"
            )
            producer.send(value, key=order.customer_id)
    say("The consumer from step 2 was never stopped. It does not know gift_message, and reads on:")
    show_totals(take(billing, LATER_ORDERS))


def pay(root: Path, settings: Settings) -> None:
    """Do the same in Protobuf: what the .proto file imports is published before it."""
    step("4. Payments are in Protobuf: the same clients, with protoc's classes.")
    run(root, "publish", "payments.transaction-authorized", "--registry", settings.registry)
    with TransactionAuthorizedProducer.connect(settings) as producer:
        for number, order in enumerate(orders(LATER_ORDERS)):
            value = TransactionAuthorized(
                transaction_id=f"t-{number}",
                order_id=order.order_id,
                amount=Money(currency=order.currency, minor_units=int(order.total.scaleb(2))),
                authorized_at=Timestamp(seconds=int(order.placed_at.timestamp())),
                acquirer=Acquirer.ACQUIRER_NORTHBANK,
                card=Card(last_four="4242"),
            )
            producer.send(value, key=order.order_id)
    with TransactionAuthorizedConsumer.connect(group="ledger", settings=settings) as ledger:
        taken = [message.value for batch in ledger.batches(idle_timeout=1) for message in batch]
    cents = sum(value.amount.minor_units for value in taken)
    say(f"ledger read {len(taken):,} payments: {cents / 100:,.2f} in all currencies")


def break_it(root: Path, settings: Settings) -> None:
    """Rename a field; the gate refuses it, and so does the registry."""
    step("5. Someone renames total to amount. The gate names the lines, who breaks, and the mend.")
    edit(root / SCHEMA, '"name": "total"', '"name": "amount"')
    edit(root / EXAMPLE, '"total"', '"amount"')
    edit(root / CONTRACT, "version: 1.3.0", "version: 1.4.0")
    run(root, "check", "--against", "history", expected=EXIT_FINDINGS)
    say("And if it is published all the same, the registry refuses it:")
    run(root, "publish", "commerce.order-placed", "--registry", settings.registry, expected=EXIT_FINDINGS)


def orders(count: int) -> Iterator[OrderPlaced]:
    """Yield orders, the same ones every time."""
    begin = datetime(2026, 11, 1, 9, tzinfo=UTC)
    for number in range(count):
        price = Decimal(199 + number % 50 * 25).scaleb(-2)
        quantity = 1 + number % 3
        yield OrderPlaced(
            order_id=f"o-{number}",
            customer_id=f"c-{number % 97}",
            placed_at=begin + timedelta(seconds=number),
            currency=list(Currency)[number % 3],
            lines=[OrderLine(sku=f"sku-{number % 7}", quantity=quantity, unit_price=price)],
            total=price * quantity,
            channel=Channel.APP if number % 4 else Channel.WEB,
        )


def take(consumer: OrderPlacedConsumer, count: int) -> list[OrderPlaced]:
    """Return the orders that wait in the topic, and insist that they are as many as were sent."""
    taken = [message.value for batch in consumer.batches(idle_timeout=1) for message in batch]
    if len(taken) != count:
        raise TallyError(f"expected {count} orders, got {len(taken)}")
    return taken


def show_totals(taken: list[OrderPlaced]) -> None:
    """Print what billing would bill."""
    totals: Counter[Currency] = Counter()
    for order in taken:
        totals[order.currency] += order.total  # type: ignore[assignment]  # a Counter adds up what can be added
    amounts = ", ".join(f"{amount} {currency}" for currency, amount in sorted(totals.items()))
    say(f"billing read {len(taken):,} orders: {amounts}")


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text in a file, as an author would."""
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise TallyError(f"{file.name} is not what this demo was written for: {old!r}")
    file.write_text(text.replace(old, new), encoding="utf-8")


def run(root: Path, command: str, *arguments: str, expected: int = EXIT_OK) -> None:
    """Run a command of tally in the demo's folder, and insist on its exit code."""
    print(f"\n$ tally {' '.join([command, *arguments])}", flush=True)
    code = tally([command, "-C", str(root), *arguments])
    if code != expected:
        raise TallyError(f"tally {command} gave {code}, expected {expected}")


def step(text: str) -> None:
    """Print a heading."""
    print(f"\n== {text}", flush=True)


def say(text: str) -> None:
    """Print a line."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except TallyError as failure:
        print(f"error: {failure}\n  fix: {failure.fix or '-'}", file=sys.stderr)
        sys.exit(failure.exit_code)
