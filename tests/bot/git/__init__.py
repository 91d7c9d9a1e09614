"""The git plane against real git: local repositories and a server over HTTP."""
