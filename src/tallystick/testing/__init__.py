"""For tests of who uses tallystick: values of generated types, by Hypothesis or plausible ones."""
