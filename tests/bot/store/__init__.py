"""Sentences about the durable queue."""
