"""What one process can do, and what more of them add: `python -m tests.benchmarks.capacity`."""
