"""Webhook events: one file each, discovered; payload in, jobs out."""
