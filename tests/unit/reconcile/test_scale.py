"""The statements that reconcile a country, beside a plain formulation in DuckDB: every count, at a fiftieth of the size."""

from sqlalchemy import Engine, text

from learning_city.cli.bench_reconcile import Country, counts, fill, plainly
from learning_city.cli.scratch import scratch_home
from learning_city.reconcile.resolve import resolve
from learning_city.warehouse.engine import connect


def test_every_count_agrees_with_a_plain_formulation() -> None:
    with scratch_home() as home:
        warehouse: Engine = connect(home)
        fill(warehouse, Country(places=34, measures=100, years=10))
        resolve(warehouse, with_synthetic=False, everything=True)
        ours, (_, plain) = counts(warehouse), plainly(warehouse)
        with warehouse.connect() as connection:
            observed = connection.execute(text("SELECT count(*) FROM warehouse.observation")).scalar_one()
    assert observed > 110_000
    assert sum(row[1] for row in ours["values"].values()) > 1_000, "there are conflicts to count"
    assert {method for _, method in ours["candidates"]} == {"direct", "unit", "sum", "average"}
    assert ours["candidates"] == plain["candidates"]
    assert ours["values"] == plain["values"]
