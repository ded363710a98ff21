"""Secrets of connections: kept where a reference says, or encrypted with the installation's key; shown nowhere."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from agent_runtime.errors import BadInput, BadSetting
from agent_runtime.references import is_reference, secret_in

_SEALED = "sealed:"
_NONCE = 12


def kept(given: str, connection: str, name: str, install_key: SecretStr) -> str:
    """What is stored of a secret as it was given: a reference as it is, anything else encrypted.

    Raises BadInput for a reference that leads nowhere, so that this is told at once.
    """
    if is_reference(given):
        secret_in(given, f"{name} of {connection}")
        return given
    if given.startswith(("env:", "file:", _SEALED)):
        raise BadInput(f"{name} is no reference that can be followed.", fix='Write "env:NAME" or "file:/path".')
    nonce = os.urandom(_NONCE)
    sealed = _box(install_key).encrypt(nonce, given.encode(), _label(connection, name))
    return _SEALED + urlsafe_b64encode(nonce + sealed).decode()


def revealed(stored: str, connection: str, name: str, install_key: SecretStr) -> SecretStr:
    """The secret; raises BadSetting, which names the connection and where the secret should be, and nothing else."""
    if not stored.startswith(_SEALED):
        return secret_in(stored, f"{name} of {connection}")
    try:
        packed = urlsafe_b64decode(stored.removeprefix(_SEALED))
        opened = _box(install_key).decrypt(packed[:_NONCE], packed[_NONCE:], _label(connection, name))
    except (InvalidTag, ValueError):
        raise BadSetting(
            f"The secret {name} of {connection} cannot be opened with this installation's key.",
            fix=f"Give it anew: tenure connect {connection}.",
        ) from None
    return SecretStr(opened.decode())


def _box(install_key: SecretStr) -> AESGCM:
    made = HKDF(SHA256(), 32, salt=None, info=b"tenure connector secrets 1")
    return AESGCM(made.derive(install_key.get_secret_value().encode()))


def _label(connection: str, name: str) -> bytes:
    """Binds the sealed text to its place, so that one moved to another connection does not open."""
    return f"{connection}\x00{name}".encode()
