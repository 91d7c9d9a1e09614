"""A local GitHub: the REST, GraphQL, git and webhook surface that the service uses, as strict."""
