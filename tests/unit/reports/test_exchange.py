"""Exchange formats: SDMX-CSV with its structure read by pysdmx, Parquet with its dictionary; the values are the frozen ones."""

import csv
import json
import math
from pathlib import Path

import pyarrow as pa
import pytest
from observing import Warehouse
from pyarrow import parquet
from pysdmx.io import get_datasets, read_sdmx
from sqlalchemy import Engine

from learning_city.indicators.compute import compute
from learning_city.model.home import Home
from learning_city.reports import parquet_tables, sdmx_units
from learning_city.reports.build import build, write
from learning_city.reports.rebuild import frozen
from learning_city.reports.sdmx import COLUMNS
from learning_city.reports.tables import ReportTables, records

FRAMEWORK, PERIOD = "national_62", "2017"


@pytest.fixture
def tables(engine: Engine, home: Home) -> ReportTables:
    """A build of Beijing's share of education in the budget, a real figure, and of a synthetic one."""
    warehouse = Warehouse(engine=engine)
    warehouse.observe("edu_spend", 964.62)
    warehouse.observe("budget_spend", 6824.53)
    warehouse.observe("joint_issue_depts", 14, kind="synthetic", source="ledger_edu")
    compute(engine, warehouse.resolve(with_synthetic=True))
    return frozen(engine, home, build(engine, home, FRAMEWORK, PERIOD, requested_by="li"))


@pytest.fixture
def written(tables: ReportTables, tmp_path: Path) -> list[Path]:
    return [path for _, path in write(tmp_path, tables, ("sdmx", "parquet"))]


def named(written: list[Path], ending: str) -> Path:
    (path,) = (path for path in written if path.name.endswith(ending) and not path.name.startswith("data_dictionary"))
    return path


def test_another_program_reads_the_structure_and_the_values_are_the_frozen_ones(
    tables: ReportTables, written: list[Path]
) -> None:
    data, structure = named(written, ".csv"), named(written, ".json")
    message = read_sdmx(structure, validate=True)
    (dataset,) = get_datasets(data, structure)
    read = dataset.data.set_index(["INDICATOR", "REF_AREA"])["OBS_VALUE"].astype(float)
    frozen_values = records(tables.values)
    assert len(read) == len(frozen_values)
    for one in frozen_values:
        found, value = read[one["indicator"], one["place"]], one["value"]
        assert found == value or (math.isnan(found) and value is None), one
    assert {one.id for one in message.get_codelists()} >= {
        "CL_OBS_STATUS", "CL_FREQ", "CL_AREA", "CL_INDICATOR", "CL_UNIT", "CL_COMPARABILITY",
    }  # fmt: skip


def test_every_code_of_the_data_stands_in_its_list(written: list[Path]) -> None:
    (dataset,) = get_datasets(named(written, ".csv"), named(written, ".json"))
    for component in dataset.structure.components:
        codes = component.local_codes
        if codes is not None:
            known = {code.id for code in codes} | {""}
            assert set(dataset.data[component.id].fillna("")) <= known, component.id


def test_the_columns_and_marks_are_those_of_the_standard(written: list[Path]) -> None:
    with named(written, ".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert tuple(rows[0]) == COLUMNS
    assert {(row["STRUCTURE"], row["STRUCTURE_ID"], row["ACTION"]) for row in rows} == {
        ("dataflow", "LCM:DF_INDICATORS(1.1.0)", "I")
    }
    by = {(row["INDICATOR"], row["REF_AREA"]): row for row in rows}
    one = by["n1_1_3", "110000"]
    assert (one["OBS_VALUE"], one["OBS_STATUS"], one["IS_SYNTHETIC"], one["METHOD"]) == ("14.0", "A", "true", "direct")
    assert (one["DEFINITIONS"], one["FORMULA_VERSION"]) == ("joint_issue_depts", "joint_issue_departments v1")
    absent = by["n1_1_3", "310000"]
    assert (absent["OBS_VALUE"], absent["OBS_STATUS"], absent["COMPARABILITY"]) == ("", "O", "")
    assert absent["COMMENT_OBS"].startswith("缺：")
    assert json.loads(named(written, ".json").read_text("utf-8"))["meta"]["test"], "a demonstration says so"


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("万元", ("CNY", 4)), ("人次/百人", ("PERSON_TIME_PER_100_PERSON", 0)), ("%", ("PT", 0)), ("—", ("_Z", 0)),
        ("个/百万人", ("UNIT_PER_1000000_PERSON", 0)), (None, ("_Z", 0)), ("龘", ("X9F98", 0)),
    ],
)  # fmt: skip
def test_a_unit_is_a_code_and_a_power_of_ten(unit: str | None, said: tuple[str, int]) -> None:
    assert sdmx_units.code(unit) == said


def test_parquet_holds_the_frozen_values_in_their_types(tables: ReportTables, written: list[Path]) -> None:
    values = parquet.read_table(named(written, f"values_{PERIOD}_{FRAMEWORK}.parquet"))
    assert values.column("value").combine_chunks().to_pylist() == [one["value"] for one in records(tables.values)]
    assert values.schema.field("place").type == parquet_tables.TYPES["code"]
    assert values.schema.metadata[b"build"] == tables.build.encode()
    lineage = parquet.read_schema(named(written, f"lineage_{PERIOD}_{FRAMEWORK}.parquet"))
    assert lineage.field("recorded_at").type == pa.timestamp("us", "Asia/Shanghai")
    assert lineage.field("obs_id").type == pa.int64()


def test_the_dictionary_explains_every_column_of_every_table(tables: ReportTables) -> None:
    for name, columns in parquet_tables.dictionary().items():
        assert {one["column"] for one in columns} == set(getattr(tables, name).columns), name
        assert all(one["meaning_zh"] and one["meaning_en"] and one["type"] in parquet_tables.TYPES for one in columns)


def test_the_same_tables_give_the_same_bytes(tables: ReportTables, written: list[Path], tmp_path: Path) -> None:
    again = write(tmp_path / "again", tables, ("sdmx", "parquet"))
    assert [path.read_bytes() for path in written] == [path.read_bytes() for _, path in again]
