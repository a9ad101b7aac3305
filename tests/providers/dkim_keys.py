"""DKIM keys for tests, and the DNS records that go with them."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

DOMAIN = "letter.example.com"
SELECTOR = "friday"
RSA = generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """A private key as openssl writes it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_key(path: Path, key: RSAPrivateKey | Ed25519PrivateKey) -> Path:
    """Write a private key for its owner only."""
    path.write_bytes(pem(key))
    path.chmod(0o600)
    return path


def record(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    """The TXT record of a key (RFC 6376 §3.6.1, RFC 8463 §4)."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(data).decode()}"
    data = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(data).decode()}"
