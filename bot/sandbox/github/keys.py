"""The keys of Apps, as GitHub hands them out."""

from __future__ import annotations

import functools

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def private_pem() -> str:
    """Return an App's private key as the service reads it."""
    pem = _key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return pem.decode()


def public_pem() -> str:
    """Return the key that GitHub keeps, to know the App by."""
    pem = (
        _key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return pem.decode()


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    """Make one key per process, for all Apps: that takes longer than all else of a sandbox."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
