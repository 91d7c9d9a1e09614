"""One module per command of `ssot`, named like it: docstring, `add_arguments`, `run`."""
