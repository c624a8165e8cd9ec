"""The program `tally`, also as `python -m tallystick`: it can be interrupted before it has read its own code."""

from __future__ import annotations

import os
import signal
import sys

_INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended


def run() -> None:
    """Be the program `tally`."""
    # A program that is started in the background, or by nohup, ignores Ctrl-C, and goes on doing so.
    can_be_interrupted = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if can_be_interrupted:
        # Reading the code takes a while, and nothing is done yet: no traceback, and no output that is cut short.
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    from tallystick.cli.main import main  # noqa: PLC0415  # this is what takes long

    try:
        if can_be_interrupted:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    run()
