"""What the service shows over HTTP besides its answers to deliveries."""
