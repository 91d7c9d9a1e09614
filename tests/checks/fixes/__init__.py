"""Tests of the edits that are offered."""
