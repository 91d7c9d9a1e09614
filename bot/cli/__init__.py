"""The commands of `ssot` in a terminal."""
