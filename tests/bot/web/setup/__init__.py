"""The set-up pages, as a visitor and as strangers see them."""
