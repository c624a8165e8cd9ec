"""Compare rules in CEL with the libraries that run them elsewhere: `python benchmarks/rules.py` prints a table in Markdown.

All runs are interleaved, and the fastest of each is kept.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

import celpy
from cel_expr_python import cel
from celpy.adapter import json_to_cel

from meridian_events.commerce import ORDER_PLACED, OrderPlaced
from meridian_events.testing import fake
from tallystick.expressions.rule import condition

RULES = {
    "one term": "message.note != ''",
    "three terms": "message.order_id.size() > 0 && message.customer_id.startsWith('c') || message.note == 'x'",
    "all lines": "message.lines.all(line, line.quantity >= 1)",
}
ROUNDS, CALLS = 20, 500


def plain(order: OrderPlaced) -> dict[str, Any]:
    """Return what the rules speak of as plain values."""
    lines = [{"sku": line.sku, "quantity": line.quantity} for line in order.lines]
    return {"order_id": order.order_id, "customer_id": order.customer_id, "note": order.note or "", "lines": lines}


def runs(expression: str, order: OrderPlaced) -> dict[str, Callable[[], Any]]:
    """Return who says whether an expression is true of an order. All take the message as they want it, made before."""
    ours = condition(expression, ORDER_PLACED.message_type)
    environment = cel.NewEnv(variables={"message": cel.Type.DYN})
    compiled = environment.compile(expression)
    theirs = celpy.Environment()
    program = theirs.program(theirs.compile(expression))
    values = plain(order)
    converted = {"message": json_to_cel(values)}
    return {
        "tallystick": lambda: ours.holds(order),
        "cel-expr-python (Google's, C++)": lambda: compiled.eval(data={"message": values}),
        "cel-python (confluent-kafka's)": lambda: program.evaluate(converted),
    }


def main() -> None:
    """Measure all, print one table."""
    order = fake(OrderPlaced, seed=1)
    print("| rule | library | µs |\n|---|---|---:|")
    for name, expression in RULES.items():
        all_runs = runs(expression, order)
        best = dict.fromkeys(all_runs, float("inf"))
        for _ in range(ROUNDS):
            for library, run in all_runs.items():
                best[library] = min(best[library], timeit.timeit(run, number=CALLS) / CALLS * 1e6)
        for library, micros in best.items():
            print(f"| {name} | {library} | {micros:.2f} |")


if __name__ == "__main__":
    main()
