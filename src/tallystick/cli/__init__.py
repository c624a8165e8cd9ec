"""The command `tally`: read options, call the library, print, return a code."""
