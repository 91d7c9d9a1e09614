"""A local GitHub, as strict as the real one, to try everything on."""
