"""A home that lasts as long as a command: its own database below /tmp, migrated and empty."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learning_city.model.home import Home
from learning_city.warehouse import engine, migrate, server


@contextmanager
def scratch_home() -> Iterator[Home]:
    """An empty home with a migrated warehouse, gone afterwards; never one that ``LCM_DATABASE_URL`` names."""
    with tempfile.TemporaryDirectory(prefix="lcm-scratch-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = Home(root=Path(folder))
        try:
            migrate.migrate(engine.connect(home))
            yield home
        finally:
            engine.dispose()
            server.stop(home.server_data)
