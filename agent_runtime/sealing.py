"""Text encrypted with the installation's key; it opens in its own place and nowhere else."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

_MARK = "sealed:"
_NONCE = 12


def is_sealed(text: str) -> bool:
    """Whether this is what `seal` gives."""
    return text.startswith(_MARK)


def seal(text: str, place: tuple[str, str], install_key: SecretStr) -> str:
    """The text encrypted. `place`: of whom and what it is; moved to another one it does not open."""
    nonce = os.urandom(_NONCE)
    return _MARK + urlsafe_b64encode(nonce + _box(install_key).encrypt(nonce, text.encode(), _label(place))).decode()


def unseal(sealed: str, place: tuple[str, str], install_key: SecretStr) -> SecretStr | None:
    """The text; None where it does not open with this key in this place."""
    try:
        packed = urlsafe_b64decode(sealed.removeprefix(_MARK))
        opened = _box(install_key).decrypt(packed[:_NONCE], packed[_NONCE:], _label(place))
    except (InvalidTag, ValueError):
        return None
    return SecretStr(opened.decode())


def _box(install_key: SecretStr) -> AESGCM:
    made = HKDF(SHA256(), 32, salt=None, info=b"tenure connector secrets 1")
    return AESGCM(made.derive(install_key.get_secret_value().encode()))


def _label(place: tuple[str, str]) -> bytes:
    return "\x00".join(place).encode()
