"""Python packages from contracts."""
