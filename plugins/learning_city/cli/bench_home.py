"""A home to measure in: a scratch home with an invented world's catalogue."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from learning_city.catalogue.read import read
from learning_city.cli import office
from learning_city.cli.scratch import scratch_home
from learning_city.model.home import Home
from learning_city.samples.world import World
from learning_city.samples.world_catalogue import edition
from learning_city.warehouse import engine, ref


@contextmanager
def bench_home(world: World) -> Iterator[Home]:
    """A demonstration's home with the world's catalogue, named by ``LCM_HOME`` for child processes; gone afterwards."""
    with scratch_home() as home:
        (home.root / "DEMO").touch()
        os.environ["LCM_HOME"] = str(home.root)
        with engine.connect(home).begin() as connection:
            ref.store(connection, edition(read(office.STARTER), world), who="bench", why="bench")
        yield home
