"""The 校验码 that LibreOffice computes is the one of the model, over five hundred fillings, each a workbook of its own."""

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from workbooks import KEY, convert, form, item, ledger, without_results

from learning_city.model.checkcode import MARKS, check_code
from learning_city.model.ledger import Answer
from learning_city.prepare.workbook import write_ledger

FILLINGS, CHANGES = 125, ("a value changed", "a mark changed", "two cells swapped")
NUMBERS = [f"e{n}" for n in range(7)]
ASKED = ledger(
    form(*(item(name, decimals=4) for name in NUMBERS)),
    form(
        item("t1", form="C01", type="text"),
        item("t2", form="C01", type="choice", choices=("有", "无")),
        sheet="文字",
    ),
)
SIGNOFF_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,5"
Told = dict[str, Answer]


def number(draw: random.Random) -> float:
    size = 10 ** draw.uniform(0, 9)
    return round(draw.choice([1, 1, 1, -1]) * size, draw.choice([0, 0, 1, 2, 4]))


def filling(draw: random.Random) -> Told:
    """Numbers, typed missing values, blanks, texts where numbers belong, values beside marks."""
    told = {}
    for name in NUMBERS:
        kinds = [Answer(value=number(draw))] * 6 + [
            Answer(missing_type=draw.choice(MARKS)),
            Answer(),
            Answer(value="12人"),
        ]
        told[name] = draw.choice([*kinds, Answer(value=0.0, missing_type="零")])
    told["e0"] = Answer(value=number(draw))
    return told | {"t1": Answer(value=draw.choice(["已办", ""])), "t2": Answer(value=draw.choice(["有", "无", ""]))}


def changed(told: Told, how: str, draw: random.Random) -> Told:
    """The filling with one thing different."""
    if how == "a value changed":
        step = draw.choice([0.0001, 1, 99.9983, 999_983, number(draw)])
        return {**told, "e0": Answer(value=round(float(told["e0"].value or 0) + step, 4))}
    if how == "a mark changed":
        name = draw.choice([*NUMBERS, "t1", "t2"])
        others = [mark for mark in ("", *MARKS) if mark != told[name].missing_type]
        return {**told, name: Answer(value=told[name].value, missing_type=draw.choice(others))}
    other = draw.choice([name for name in NUMBERS if told[name] != told["e0"]])
    return {**told, "e0": told[other], other: told["e0"]}


def written(file: Path, told: Told) -> Path:
    answers = {("C01" if name[0] == "t" else "E01", f"{name}@2017"): answer for name, answer in told.items()}
    write_ledger(file, ASKED, KEY, answers)
    return without_results(file)


def computed(files: list[Path], folder: Path, soffice: str) -> list[int]:
    """The codes on the sheets 签署, as LibreOffice computes them."""
    convert(files, folder, soffice, SIGNOFF_AS_CSV)
    codes = []
    for file in files:
        with (folder / f"{file.stem}-签署.csv").open(encoding="utf-8") as sheet:
            codes.append(int(list(csv.reader(sheet))[12][2]))
    return codes


@pytest.mark.timeout(300)
def test_five_hundred_fillings_have_the_same_code_in_libreoffice_and_every_change_is_seen(
    tmp_path: Path, require: Callable[[str], str]
) -> None:
    draw = random.Random(7)
    fillings: list[Told] = []
    for _ in range(FILLINGS):
        told = filling(draw)
        fillings += [told, *(changed(told, how, draw) for how in CHANGES)]
    files = [written(tmp_path / f"{n:03d}.xlsx", told) for n, told in enumerate(fillings)]
    found = computed(files, tmp_path / "out", require("soffice"))
    asked = [*NUMBERS, "t1", "t2"]
    assert found == [check_code((told[name].value, told[name].missing_type) for name in asked) for told in fillings]
    unseen = [
        (turn, how)
        for turn in range(0, len(found), 1 + len(CHANGES))
        for at, how in enumerate(CHANGES, start=1)
        if found[turn] == found[turn + at]
    ]
    assert unseen == []
