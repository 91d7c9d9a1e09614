"""Sentences about the service's pure decisions."""
