"""The history as a page to show: one file, no script, nothing from elsewhere."""
