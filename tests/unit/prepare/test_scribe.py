"""Many workbooks are written by several processes, and each is the one a single process would write."""

from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from workbooks import KEY, form, item, ledger, sheet_rows

from learning_city.errors import NeedsAPerson
from learning_city.model.ledger import Identity
from learning_city.prepare.asked import Asked, AskedForm, Forms
from learning_city.prepare.scribe import Named, write_all
from learning_city.prepare.workbook import write_ledger

PLACES = 320
KNOWN = form(item("e1"), item("e2", unit="所", decimals=0))


def forms(*departments: str, sheet: str = "教育") -> Forms:
    """One form for each department, all of the same two items."""
    per_place = ("place", "period", "previous", "yearbook", "prefill", "prefill_source")
    items = {
        one.definition: {name: getattr(one, name) for name in one.__slots__ if name not in per_place}
        for one in KNOWN.items
    }
    known = {name: {key: {**said, "form": name} for key, said in items.items()} for name in departments}
    blank = replace(KNOWN, items=(), sheet=sheet)
    return Forms({name: replace(blank, form=name) for name in departments}, known)


def asked(department: str, place: int) -> Asked:
    figures = AskedForm(
        department, ["e1@2017", "e2@2017"], [1.5 * place, None], [None, 3.0], [None, 4.0], [None, "年鉴"]
    )
    identity = replace(ledger().identity, department=department, place=f"{900_000 + place}")
    return Asked(identity, "2017年度", f"样例市{place}", f"部门{department}", 0, (figures,))


def named(folder: Path, *departments: str) -> list[Named]:
    return [
        (str(folder / f"{department}_{place}.xlsx"), asked(department, place))
        for department in departments
        for place in range(PLACES)
    ]


def test_every_workbook_is_the_one_a_single_process_would_write(tmp_path: Path) -> None:
    told = named(tmp_path, "edu", "culture")
    write_all(forms("edu", "culture"), told, KEY, is_demo=False)
    assert len(list(tmp_path.glob("*.xlsx"))) == 2 * PLACES
    for path, one in (told[0], told[7], told[-1]):
        own = tmp_path / "own.xlsx"
        write_ledger(own, forms(one.identity.department).ledger(one, is_demo=False), KEY)
        assert own.read_bytes() == Path(path).read_bytes()
        rows = sheet_rows(Path(path), "_lcm")
        identity = Identity(**{row[0]: row[1] for row in rows[:9]})
        assert identity.token == identity.signed(KEY)
        assert (identity.place, identity.department) == (one.identity.place, one.identity.department)


def test_what_no_process_can_write_is_told_to_a_person_and_no_process_stays(tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(NeedsAPerson, match="表号不能用作工作表名"):
        write_all(forms("edu", "culture", sheet="a/b"), named(tmp_path, "edu", "culture"), KEY, is_demo=False)
    assert {child.pid for child in psutil.Process().children()} <= before


def test_a_refusal_of_another_process_reaches_the_person(tmp_path: Path) -> None:
    good, bad = forms("edu"), forms("culture", sheet="a/b")
    both = Forms({**good.forms, **bad.forms}, {**good.items, **bad.items})
    with pytest.raises(NeedsAPerson, match="表号不能用作工作表名"):
        write_all(both, named(tmp_path, "edu", "culture"), KEY, is_demo=False)


def test_nothing_to_write_is_nothing_written(tmp_path: Path) -> None:
    write_all(forms("edu"), [], KEY, is_demo=False)
    assert list(tmp_path.iterdir()) == []
