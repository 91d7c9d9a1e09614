"""GitHub as the control plane: reads, writes, limits, credentials."""
