"""The handbook of definitions: every item of the forms of a day, with meaning, scope, method and channel."""

from datetime import date

import pytest
from editions import starter, use
from lxml import html
from sqlalchemy import Engine

from learning_city.errors import NeedsAPerson
from learning_city.prepare.handbook import handbook


def made(engine: Engine, day: date, edition: int = 1) -> str:
    with engine.connect() as connection:
        return handbook(connection, edition, day)


def card(said: str, item: str) -> dict[str, str]:
    """The card of ``form-definition``: heading of each line -> its text."""
    (article,) = html.fromstring(said).xpath(f"//article[@id='{item}']")
    names, texts = article.xpath(".//dt"), article.xpath(".//dd")
    return {dt.text_content(): " ".join(dd.text_content().split()) for dt, dd in zip(names, texts, strict=True)}


def test_every_item_of_the_forms_in_force_has_its_card_once(engine: Engine) -> None:
    said = made(engine, date(2018, 12, 31))
    cards = html.fromstring(said).xpath("//article/@id")
    asked = [
        f"{row['form']}-{row['definition']}"
        for row in starter().tables["form_item"]
        if row["valid_to"] is None or row["valid_to"] > date(2018, 12, 31)
    ]
    assert sorted(cards) == sorted(asked)


def test_a_card_says_meaning_scope_method_channel_use_and_history(engine: Engine) -> None:
    income = card(made(engine, date(2018, 12, 31)), "statistics-income_urban")
    assert "城乡一体化住户调查" in income["范围"]
    assert "时间：日历年" in income["范围"]
    assert "统计局填报" in income["渠道"]
    assert "杭州统计年鉴" in income["渠道"]
    assert "城乡居民人均可支配收入之比" in income["用于"]
    assert "2013-01-01" in income["沿革"]


def test_a_threshold_is_that_of_the_day_with_what_it_was_before(engine: Engine) -> None:
    now = card(made(engine, date(2018, 12, 31)), "edu-firms_training_at_cap")["范围"]
    then = card(made(engine, date(2012, 12, 31)), "edu-firms_training_at_cap")["范围"]
    assert "≥ 8%" in now
    assert "2008-01-01起为 2.5%" in now
    assert "≥ 2.5%" in then


def test_a_rate_names_what_it_is_made_of(engine: Engine) -> None:
    rate = card(made(engine, date(2018, 12, 31)), "statistics-edu_spend_share")["算法"]
    assert "教育支出 ÷ 一般公共预算支出 × 100" in rate


def test_what_an_office_typed_is_shown_as_text(engine: Engine) -> None:
    def hostile(row: dict[str, object]) -> dict[str, object]:
        return {**row, "text_zh": "<script>alert(1)</script>"} if row["definition"] == "gdp" else row

    number = use(engine, starter({"definition": hostile}))
    said = made(engine, date(2018, 12, 31), number)
    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def test_a_day_without_forms_is_refused(engine: Engine) -> None:
    with pytest.raises(NeedsAPerson, match="没有有效的报表"):
        made(engine, date(1990, 12, 31))
