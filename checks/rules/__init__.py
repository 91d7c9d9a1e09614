"""The rules: one file each, discovered, named for the pattern they flag."""
