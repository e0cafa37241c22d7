"""Checks of what is asked of whom and when: forms, their items, responsibilities, contacts, the calendar."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from learning_city.catalogue.draft import Dangling, Draft, by, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.headings import heading
from learning_city.catalogue.spans import is_in_force, overlap, span
from learning_city.model.edition import Row
from learning_city.model.period import QUARTER, YEAR, last_day

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_DAYS = ("opens", "due", "grace", "locks")


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Items that responsibilities name and the form does not ask."""
    asked = by(draft.tables["form_item"], "form", "definition")
    forms = {row["form"] for row in draft.tables["form"]}
    known = {row["definition"] for row in draft.tables["definition"]}
    for row in draft.tables["responsibility"]:
        item = (row["form"], row["definition"])
        if is_unread(row, "form", "definition") or row["definition"] is None or item in asked:
            continue
        if row["form"] in forms and row["definition"] in known:
            zh = f"报表“{row['form']}”没有口径“{row['definition']}”这一项，请改正，或留空表示整张表。"
            en = f"{row['definition']!r} is no item of the form {row['form']!r}; correct it, or leave it empty."
            yield Dangling(target="form_item", value=item, fault=_fault("responsibility", row, "definition", zh, en))


def faults(draft: Draft) -> Iterator[Fault]:
    """Items, leads, contacts, calendar."""
    yield from _items(draft)
    yield from _leads(draft)
    yield from _contacts(draft)
    for row in draft.tables["calendar"]:
        yield from _days(row)
        yield from _period(row)
    yield from _rounds(draft)
    yield from _frequencies(draft)


def _fault(table: str, row: Row, column: str, zh: str, en: str) -> Fault:
    return Fault(table=table, row=number(row), column=column, zh=zh, en=en)


def _items(draft: Draft) -> Iterator[Fault]:
    measures = {row["measure"] for row in draft.tables["measure"]}
    measure_of = {row["definition"]: row["measure"] for row in draft.tables["definition"] if row["measure"] in measures}
    asked = by(draft.tables["form_item"], "form", "measure")
    for row in draft.tables["form_item"]:
        yield from _bounds(row)
        yield from _choices(row)
        measured = measure_of.get(row["definition"], row["measure"])
        if not is_unread(row, "measure") and measured != row["measure"]:
            zh = f"口径“{row['definition']}”属于数据项“{measured}”，与本行的数据项不同，请改正其中一个。"
            en = f"{row['definition']!r} defines {measured!r}; correct one of them."
            yield _fault("form_item", row, "definition", zh, en)
        for column in ("parent", "numerator", "denominator"):
            wanted = (row["form"], row[column])
            if row[column] is None or is_unread(row, "form", column) or wanted in asked:
                continue
            if any(is_unread(other, "form", "measure") for other in draft.tables["form_item"]):
                continue
            zh = f"“{row[column]}”没有在同一张表里填报，请在表里加上这一项，或改正。"
            yield _fault("form_item", row, column, zh, f"{row[column]!r} is not asked for on the same form.")


def _bounds(row: Row) -> Iterator[Fault]:
    low, high = row["low"], row["high"]
    if isinstance(low, float) and isinstance(high, float) and low > high:
        zh, en = f"下限 {low:g} 大于上限 {high:g}，请对调或改正。", f"{low:g} is above the upper bound {high:g}."
        yield _fault("form_item", row, "low", zh, en)


def _choices(row: Row) -> Iterator[Fault]:
    if is_unread(row, "type", "choices"):
        return
    said = [part.strip() for part in re.split("[;；]", text(row, "choices"))] if row["choices"] is not None else []
    if row["type"] == "choice" and (len(said) < 2 or not all(said) or max(Counter(said).values()) > 1):
        zh = "选项类项目至少要有两个不同的选项，用分号隔开。"
        yield _fault("form_item", row, "choices", zh, "a choice needs two different choices or more, separated by ;")
    if row["type"] != "choice" and said:
        zh = "只有填写类型为“选项”的项目才填选项，请删去，或改填写类型。"
        yield _fault("form_item", row, "choices", zh, "only an item of type choice has choices; remove them.")


def _leads(draft: Draft) -> Iterator[Fault]:
    """Every (form, level, place, item) has at most one lead at a time."""
    rows = [row for row in draft.tables["responsibility"] if row["role"] == "lead" and not is_unread(row, "department")]
    for group in by(rows, "form", "level", "place", "definition").values():
        for place, row in enumerate(group):
            for other in group[:place]:
                if row["department"] != other["department"] and overlap(span(row), span(other)):
                    zh = f"同一项同时有两个牵头单位（第 {number(other)} 行是“{other['department']}”），请把一个改为协办。"
                    en = f"row {number(other)} names the lead {other['department']!r} for the same dates; keep one."
                    yield _fault("responsibility", row, "department", zh, en)
                    break


def _contacts(draft: Draft) -> Iterator[Fault]:
    for row in draft.tables["contact"]:
        for column in ("email", "leader_email"):
            if text(row, column) and not _EMAIL.fullmatch(text(row, column)):
                zh = f"“{text(row, column)}”不是邮箱地址，只能填一个，如 zhang@example.cn。"
                yield _fault("contact", row, column, zh, f"{row[column]!r} is not one e-mail address.")


def _days(row: Row) -> Iterator[Fault]:
    stated = [(name, row[name]) for name in _DAYS if isinstance(row[name], date)]
    for (before, first), (after, then) in pairwise(stated):
        if isinstance(first, date) and isinstance(then, date) and then < first:
            zh = f"{heading('calendar', after)} {then} 早于{heading('calendar', before)} {first}，请改正。"
            yield _fault("calendar", row, after, zh, f"{then} is before {before} {first}; correct one of them.")


def _period(row: Row) -> Iterator[Fault]:
    period, year = text(row, "period"), row["data_year"]
    if not period:
        return
    if last_day(period) is None:
        zh = f"“{period}”不是数据期，请写成 2017 或 2018-Q1。"
        yield _fault("calendar", row, "period", zh, f"{period!r} is not a period like 2017 or 2018-Q1.")
    elif isinstance(year, int) and int(period[:4]) != year:
        zh = f"数据期“{period}”与数据年 {year} 不符，请改正其中一个。"
        yield _fault("calendar", row, "data_year", zh, f"{period!r} is not of the data year {year}.")


def _rounds(draft: Draft) -> Iterator[Fault]:
    for (name,), rows in by(draft.tables["calendar"], "round").items():
        stated = [row for row in rows if last_day(text(row, "period"))]
        periods = Counter(text(row, "period") for row in stated)
        if len(periods) > 1:
            usual = periods.most_common(1)[0][0]
            for row in stated:
                if row["period"] != usual:
                    zh = f"轮次“{name}”的其他行都是“{usual}”，一个轮次只有一个数据期，请改正。"
                    en = f"the other rows of round {name!r} say {usual}; a round has one period."
                    yield _fault("calendar", row, "period", zh, en)


def _frequencies(draft: Draft) -> Iterator[Fault]:
    """Quarterly forms stand in quarters, all others in years; every form of the calendar has a lead that day."""
    frequency = {row["form"]: row["frequency"] for row in draft.tables["form"] if not is_unread(row, "frequency")}
    leads = [row for row in draft.tables["responsibility"] if row["role"] == "lead"]
    led = by(leads, "form")
    is_blurred = "responsibility" in draft.lost or any(
        is_unread(row, "form", "role", "valid_from", "valid_to") for row in draft.tables["responsibility"]
    )
    for row in draft.tables["calendar"]:
        period, form = text(row, "period"), row["form"]
        day = last_day(period) if period else None
        if day is None or form not in frequency:
            continue
        fits = QUARTER if frequency[form] == "quarterly" else YEAR
        if not fits.match(period):
            word = "季报，数据期应为季度" if frequency[form] == "quarterly" else "年报，数据期应为年度"
            en = f"form {form!r} is {frequency[form]}; {period!r} does not fit. Correct the period or the form."
            yield _fault("calendar", row, "form", f"报表“{form}”是{word}，请改正数据期或报表。", en)
        elif not is_blurred and not any(is_in_force(lead, day) for lead in led.get((form,), [])):
            zh = f"报表“{form}”在 {day} 没有牵头单位，请在“责任分工”里补上。"
            yield _fault(
                "calendar", row, "form", zh, f"form {form!r} has no lead on {day}; add it to responsibilities."
            )
