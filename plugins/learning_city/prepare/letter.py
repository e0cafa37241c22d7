"""The letter (催报) in which a department reads what it is reminded of: shown before it goes, then sent as shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping

_FOOT = (
    "工作簿请连同佐证材料、盖章扫描件一并报送；确有困难的，请填写上报说明或书面申请延期。\n学习型城市监测数据办公室\n"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """Reminders that go together to one contact; rows carry contact, email, leader, leader_email and message."""

    rows: Sequence[RowMapping]

    @property
    def first(self) -> RowMapping:
        """The row that names place, department and contact."""
        return self.rows[0]

    @property
    def subject(self) -> str:
        """What stands in the mail's subject."""
        return f"催报：{len(self.rows)} 张表"

    @property
    def body(self) -> str:
        """The text, one line a form."""
        lines = "\n".join(f"· {row['message']}" for row in self.rows)
        return f"{self.first['contact']}：\n\n{lines}\n\n{_FOOT}"

    @property
    def copy_to(self) -> str:
        """The address of the leader who gets a copy; empty for none."""
        return self.first["leader_email"] or ""


def letters(rows: Iterable[RowMapping]) -> list[Letter]:
    """One letter per department and place, in the order of the rows, which are sorted by them."""
    return [Letter(list(own)) for _, own in groupby(rows, key=whose)]


def whose(row: Any) -> tuple[str, str]:
    """Place and department of a reminder."""
    return row["place"], row["department"]
