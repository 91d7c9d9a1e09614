"""Pure decisions of the service: no network, no clock, no file."""
