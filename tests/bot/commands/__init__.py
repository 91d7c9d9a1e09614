"""Slash commands, each through its own door."""
