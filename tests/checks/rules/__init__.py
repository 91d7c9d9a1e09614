"""Each rule, seen through the engine."""
