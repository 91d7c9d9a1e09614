"""The whole product: signed webhooks, real HTTP, real git, the strict local GitHub."""
