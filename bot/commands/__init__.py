"""Slash commands: one file each, discovered."""
