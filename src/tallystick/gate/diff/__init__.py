"""What changed between two versions of a contract: every fact of it, whether or not anybody breaks."""

from tallystick.gate.diff.answers import ANSWERS, changelog
from tallystick.gate.diff.differences import Difference, differences
from tallystick.gate.diff.versions import Step, gone, history, since, step_between

__all__ = ["ANSWERS", "Difference", "Step", "changelog", "differences", "gone", "history", "since", "step_between"]
