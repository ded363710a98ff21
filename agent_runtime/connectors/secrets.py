"""Secrets of connections: kept where a reference says, or encrypted with the installation's key; shown nowhere."""

from pydantic import SecretStr

from agent_runtime.errors import BadInput, BadSetting
from agent_runtime.references import is_reference, secret_in
from agent_runtime.sealing import is_sealed, seal, unseal


def kept(given: str, connection: str, name: str, install_key: SecretStr) -> str:
    """What is stored of a secret as it was given: a reference as it is, anything else encrypted.

    Raises BadInput for a reference that leads nowhere, so that this is told at once.
    """
    if is_reference(given):
        secret_in(given, f"{name} of {connection}")
        return given
    if given.startswith(("env:", "file:")) or is_sealed(given):
        raise BadInput(f"{name} is no reference that can be followed.", fix='Write "env:NAME" or "file:/path".')
    return seal(given, (connection, name), install_key)


def revealed(stored: str, connection: str, name: str, install_key: SecretStr) -> SecretStr:
    """The secret; raises BadSetting, which names the connection and where the secret should be, and nothing else."""
    if not is_sealed(stored):
        return secret_in(stored, f"{name} of {connection}")
    opened = unseal(stored, (connection, name), install_key)
    if opened is None:
        raise BadSetting(
            f"The secret {name} of {connection} cannot be opened with this installation's key.",
            fix=f"Give it anew: tenure connect {connection}.",
        )
    return opened
