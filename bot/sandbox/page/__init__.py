"""The pages of the local GitHub: a pull request as a person would see it."""
