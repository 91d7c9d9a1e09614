"""What is read over HTTP: by people, and by those who watch the service."""
