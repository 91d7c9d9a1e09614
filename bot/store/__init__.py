"""The durable queue, one adapter per database."""
