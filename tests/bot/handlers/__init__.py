"""Sentences about the event handlers."""
