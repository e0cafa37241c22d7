"""Read what a round asks of each department of each place, and what is known of it already."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, text

from learning_city.errors import NeedsAPerson
from learning_city.model.ledger import CONTRACT, Identity, LedgerForm, LedgerItem
from learning_city.model.period import year_before
from learning_city.prepare import rounds
from learning_city.prepare.asked import Asked, AskedForm, Fields, Forms
from learning_city.warehouse.statements import load


def read(connection: Connection, round_id: str) -> tuple[Forms, list[Asked]]:
    """The forms of a round and its workbooks by place and department.

    Items that another form asks already are left out, known values come pre-filled (一数一源); exempt forms are not asked.
    Refuses (NeedsAPerson) a form without its legal marks or out of validity, unless an exception was recorded, and an
    obligation for which there is nothing to issue.
    """
    rounds.lay_out(connection, round_id)
    period = connection.execute(text(_PERIOD), {"round": round_id}).scalar_one()
    said = {"round": round_id, "period": period, "before": year_before(period)}
    items = connection.execute(load("prepare/items"), said).all()
    rows = connection.execute(load("prepare/workbooks"), said).all()
    _refuse_unlawful(items, rows)
    _refuse_empty(connection, round_id, rows)
    whose = attrgetter("place", "department")
    return _forms(items), [_asked(round_id, list(own)) for _, own in groupby(rows, key=whose)]


def _forms(items: Sequence[Any]) -> Forms:
    forms, known = {}, {}
    for name, rows in groupby(items, key=attrgetter("form")):
        own = list(rows)
        first = own[0]
        known[name] = {row.definition: _item(row) for row in own}
        forms[name] = LedgerForm(
            form=name,
            sheet=first.form_no or first.form_name[:_SHEET_NAME],
            name_zh=first.form_name,
            form_no=first.form_no or "",
            authority=first.authority or "",
            approval_no=first.approval_no or "",
            valid_to=first.form_valid_to,
            frequency=first.frequency,
            exception=first.exception,
            items=(),
        )
    return Forms(forms, known)


def _item(row: Any) -> Fields:
    said = {name: getattr(row, name) for name in _ITEM_FIELDS}
    return {**said, "choices": tuple(filter(None, row.choices.split(";")))}


def _asked(round_id: str, rows: Sequence[Any]) -> Asked:
    first = rows[0]
    identity = Identity(
        contract=CONTRACT,
        round=round_id,
        period=first.period,
        department=first.department,
        place=first.place,
        template="",
        edition=str(first.edition),
        token="",
        due=min(row.due for row in rows).isoformat(),
    )
    columns = attrgetter("form", "definitions", "previous", "yearbook", "prefill", "prefill_source")
    forms = tuple(AskedForm(*columns(row)) for row in rows)
    return Asked(identity, first.round_name, first.place_name, first.department_name, first.dropped, forms)


def _refuse_unlawful(items: Sequence[Any], rows: Sequence[Any]) -> None:
    """A department may refuse a form without 表号, 制表机关, 批准文号, 有效期, or one that ends before it is due."""
    due = {row.form: row.due for row in sorted(rows, key=attrgetter("due"))}
    found = "；".join(f"{form}（{said}）" for form, said in _unlawful(items, due))
    if found:
        raise NeedsAPerson(
            f"表 {found}：部门可以拒报这样的表。请在目录“报表”中补全表号、制表机关、批准文号、有效期，"
            "或用 lcm round allow 记录例外。 Departments may refuse such a form: complete its marks in the catalogue, "
            "or record an exception with `lcm round allow`."
        )


def _unlawful(items: Sequence[Any], due: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for form, rows in groupby(items, key=attrgetter("form")):
        first = next(rows)
        if first.exception or form not in due:
            continue
        until = first.form_valid_to
        if not first.is_in_force or (until is not None and until < due[form]):
            yield form, "不在有效期内 out of validity"
        elif until is None or not (first.form_no and first.authority and first.approval_no):
            yield form, "缺法定标识 legal marks missing"


def _refuse_empty(connection: Connection, round_id: str, rows: Sequence[Any]) -> None:
    """An obligation without a department, place or item of its period would silently never be asked."""
    whose = attrgetter("form", "department", "place")
    asked = set(map(whose, rows))
    owed = connection.execute(text(_OWED), {"round": round_id}).all()
    lost = [" ".join(whose(row)) for row in owed if whose(row) not in asked]
    if lost:
        raise NeedsAPerson(
            f"{len(lost)} 项应报任务没有可下发的内容（{'；'.join(lost[:5])}…）：单位或地区在该数据期已失效，或全部指标免填。"
            "请更正责任分工后重新导入，或豁免这些任务。 "
            f"{len(lost)} obligations have nothing to issue: correct the responsibilities, or exempt them."
        )


_SHEET_NAME = 31
_PER_PLACE = ("place", "period", "previous", "yearbook", "prefill", "prefill_source", "choices")
_ITEM_FIELDS = tuple(name for name in LedgerItem.__dataclass_fields__ if name not in _PER_PLACE)
_PERIOD = "SELECT period FROM intake.round WHERE round = :round"
_OWED = "SELECT form, department, place FROM intake.obligation WHERE round = :round AND state <> '豁免'"
