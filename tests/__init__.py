"""Sentences about what the project promises."""
