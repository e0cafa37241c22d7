"""``lcm reconcile-world``: seven CSV files in, one row per wanted key out, and what is wrong named by file, row and column."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

LCM = Path(sys.executable).parent / "lcm"
FILES = {
    "observations": """obs_id,measure,definition,place,period,value,unit,decimals,source,recorded_at
o1,pop,local,P,2017,60.0,万人,1,yearbook,2018-01-01
o2,pop,migrant,P,2017,40.5,万人,1,ledger,2018-01-01
o3,pop,resident,P,2017,100.0,万人,1,yearbook,2018-01-01
o4,pop,aim,P,2017,120,万人,0,yearbook,2018-01-01
o5,pop,unknown,P,2017,1,万人,0,yearbook,2018-01-01
""",
    "definitions": """measure,definition,unit,aggregation,kind,population,time,boundary,scope,counting,valid_from,valid_to
pop,resident,万人,stock,actual,常住,Y1231,,,person,,
pop,local,万人,stock,actual,户籍,Y1231,,,person,,
pop,migrant,万人,stock,actual,外来,Y1231,,,person,,
pop,police,万人,stock,actual,暂住,Y1231,,,person,,
pop,aim,万人,stock,target,常住,Y1231,,,person,,
""",
    "bridges": """bridge,type,from_definition,to_definition,part,parts,factor,error,place,valid_from,valid_to
s,sum,local,resident,1,2,,,,,
s,sum,migrant,resident,2,2,,,,,
""",
    "places": "place,name,parent,valid_from,valid_to\nP,某市,,,\n",
    "place_events": "date,type,old_place,new_place,share\n",
    "sources": "source,rank\nyearbook,1\nledger,2\n",
    "wanted": "measure,definition,place,period\npop,resident,P,2017\npop,police,P,2017\n",
}


def world(folder: Path, **changed: str) -> Path:
    for name, content in (FILES | changed).items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    out = folder / "out.csv"
    command = [str(LCM), "reconcile-world", str(folder), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_every_wanted_key_has_one_row_in_the_order_asked(tmp_path: Path) -> None:
    done = run(world(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "o5: definition 'unknown' is not in definitions.csv" in done.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        resident, police = csv.DictReader(file)
    assert ",".join(resident) == (
        "measure,definition,place,period,value,low,high,status,verdict,facet,method,winner,losers"
    )
    assert (resident["value"], resident["verdict"], resident["method"]) == ("100.0", "conflict", "direct")
    assert (resident["winner"], resident["losers"], resident["status"]) == ("o3", "o1;o2", "A")
    assert (police["value"], police["status"], police["verdict"], police["facet"]) == ("", "O", "不可比", "population")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"sources": "source,rank\nyearbook,best\n"}, "sources.csv 第 2 行 rank 列"),
        ({"wanted": "measure,definition,place,period\npop,resident,P,last year\n"}, "wanted.csv 第 2 行 period 列"),
        ({"places": "place,name,parent,valid_from\nP,某市,,\n"}, "缺列 valid_to"),
        ({"definitions": FILES["definitions"].replace("target", "wish")}, "kind 'wish'"),
    ],
    ids=["number", "period", "column", "kind"],
)
def test_what_is_wrong_is_named_and_nothing_is_written(tmp_path: Path, changed: dict[str, str], named: str) -> None:
    done = run(world(tmp_path, **changed))
    assert (done.returncode, (tmp_path / "out.csv").exists()) == (1, False)
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (world(tmp_path) / "bridges.csv").unlink()
    done = run(tmp_path)
    assert done.returncode == 1
    assert "bridges.csv" in done.stderr
