"""The pages that connect a service to GitHub: from no credentials to the first delivery."""
