"""Secrets of a home: made once, readable by their owner only, never logged."""

import os
import secrets

from learning_city.model.home import Home


def secret(home: Home, name: str) -> bytes:
    """The secret called ``name``, made on first use (32 random bytes as hex, file mode 0600)."""
    home.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home.keys / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
