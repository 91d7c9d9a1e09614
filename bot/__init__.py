"""The service and the terminal: everything that touches the world."""
