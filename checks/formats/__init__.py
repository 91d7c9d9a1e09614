"""An analysis as text for people and for programs."""
