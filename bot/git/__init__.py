"""Git as the content plane: objects by id, never a checkout."""
