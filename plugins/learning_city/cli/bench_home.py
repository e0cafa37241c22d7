"""A home to measure in: its own database below /tmp, with an invented world's catalogue."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learning_city.catalogue.read import read
from learning_city.cli import office
from learning_city.model.home import Home
from learning_city.samples.world import World
from learning_city.samples.world_catalogue import edition
from learning_city.warehouse import engine, migrate, ref, server


@contextmanager
def bench_home(world: World) -> Iterator[Home]:
    """A demonstration's home with the world's catalogue, named by ``LCM_HOME`` for child processes; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lcm-bench-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = Home(root=Path(folder))
        (home.root / "DEMO").touch()
        os.environ["LCM_HOME"] = folder
        try:
            warehouse = engine.connect(home)
            migrate.migrate(warehouse)
            with warehouse.begin() as connection:
                ref.store(connection, edition(read(office.STARTER), world), who="bench", why="bench")
            yield home
        finally:
            engine.dispose()
            server.stop(home.server_data)
