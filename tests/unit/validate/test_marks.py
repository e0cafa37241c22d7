"""Marks printed on the sheets and signs of the sign-off, however an office lays them out."""

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from learning_city.validate import submission_columns

NAMES = {"110000": "北京市", "330200": "宁波市"}
NO_ITEMS = pd.DataFrame(columns=["n", "definition", "place", "text", "missing_type"])


def marks(printed: str = "", sheets: str = "学监统01表", **signed: str) -> dict[str, Any]:
    """The rule columns of one workbook of Beijing for 2017."""
    identity = {
        "round": "2017",
        "period": "2017",
        "place": "110000",
        "due": "2018-04-30",
        "token": "t",
        "template": "x",
    }
    identity |= {"token_ok": "yes", "template_ok": "yes", "printed": printed, "sheets": sheets}
    signoff = {name: {"sheet": "签署", "cell": "C6", "text": text} for name, text in signed.items()}
    line = {"n": 1, "file": "a.xlsx", "round": "2017", "identity": json.dumps(identity), "signoff": json.dumps(signoff)}
    frame = submission_columns.prepare(
        pd.DataFrame([line | {"problem": None, "problem_detail": None}]),
        NO_ITEMS,
        pd.DataFrame([{"n": 1, "name": "章.pdf", "kind": "scan"}]),
        place_names=NAMES,
        today=date(2018, 5, 1),
    )
    (found,) = frame.to_dict("records")
    return found


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("地区：北京市（110000）\n数据期：2017年", None),
        ("地区\n北京市\n2017年度", None),
        ("制表机关：宁波市统计局\n地区：北京市", None),
        ("地区：宁波市（330200）", "宁波市（330200）"),
        ("地区：宁波市（110000）", "宁波市（110000）"),
        ("填报地区\n宁波市", "宁波市"),
        ("北京市 2016年度", "数据期 2016"),
        ("数据期：2016年", "数据期 2016"),
        ("表号：学监教01表", "学监教01表"),
        ("2018年4月30日前报送", None),
    ],
)
def test_a_printed_place_year_or_form_that_is_not_the_workbooks_is_told(printed: str, said: str | None) -> None:
    assert marks(printed)["misprinted"] == said


def test_a_form_number_is_held_against_sheets_only_where_those_are_called_by_numbers() -> None:
    assert marks("表号：A01", sheets="台账")["misprinted"] is None


@pytest.mark.parametrize(
    "until", ["有效期至：2016年6月30日", "有效期：2016-06-30", "有效期至2016.6.30", "有效期到 2016/6/30"]
)
def test_an_expired_form_is_told_however_its_date_is_written(until: str) -> None:
    assert marks(until)["expired"] == "2016-06-30"
    assert marks(until.replace("2016", "2020"))["expired"] is None


@pytest.mark.parametrize("signed", ["2099-01-01", "2099年1月1日", "2099/1/1", "20990101", "2099-01-01T00:00:00"])
def test_a_date_in_the_future_is_told_however_it_is_written(signed: str) -> None:
    assert marks(date=signed)["future"] == "2099-01-01"
    assert marks(date=signed.replace("2099", "2018"))["future"] is None


def test_only_fields_the_workbook_has_must_be_signed() -> None:
    assert marks(head="甲", date="2018-04-20", seal="章.pdf")["unsigned"] is None
    assert marks(head="", date="2018-04-20", seal="章.pdf")["unsigned"] == "head"


def test_a_seal_that_is_not_beside_the_workbook_is_told() -> None:
    assert marks(seal="章.pdf")["unsealed"] is None
    assert marks(seal="别的.pdf")["unsealed"] == "别的.pdf"
    assert marks(seal="")["unsealed"] == "—"
