"""Criteria from the words of items."""
