"""The engine: text in, findings out; no clock, network, process or file."""
