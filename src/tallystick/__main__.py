"""`python -m tallystick` is the command `tally`."""

from tallystick.cli.main import run

run()
