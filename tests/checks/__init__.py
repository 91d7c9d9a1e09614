"""The engine, seen through its public doors."""
