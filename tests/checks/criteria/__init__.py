"""The config file: reading, problems, defaults."""
