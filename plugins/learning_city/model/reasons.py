"""Reason codes (原因代码): why a person settled a question the way he did; the text beside it says the rest."""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a person does with a finding, or with a conflict of definitions."""

    ACCEPT = "accept"
    CORRECT = "correct"
    RETURN = "return"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a closed list, in both languages; codes that end in 99 say nothing without a text."""

    code: str
    zh: str
    en: str

    @property
    def needs_text(self) -> bool:
        """Whether the text beside it must say more."""
        return self.code.endswith("99")


class Reason(Code):
    """Why an office settled something."""

    __slots__ = ()

    @property
    def act(self) -> Act:
        """The act it belongs to."""
        return _ACTS[self.code[0]]


_ACTS = {"A": Act.ACCEPT, "C": Act.CORRECT, "R": Act.RETURN, "K": Act.SETTLE}
REASONS = {
    reason.code: reason
    for reason in (
        Reason("A01", "属实，已向填报单位核实", "Right as it stands, confirmed with the department"),
        Reason("A02", "属实，业务量确有变化", "Right as it stands, the activity really changed"),
        Reason("A03", "统计口径或范围有变，已注明", "Definition or scope changed, which is noted"),
        Reason("A04", "行政区划变动", "Boundaries changed"),
        Reason("A05", "上年数有误，以本年数为准", "Last year's figure was wrong, this one holds"),
        Reason("A06", "与第二来源一致", "A second source agrees"),
        Reason("A07", "差异微小，不影响结果", "The difference is small and changes no result"),
        Reason("A99", "其他（须写明）", "Other (say what)"),
        Reason("C01", "计量单位写错", "Written in another unit"),
        Reason("C02", "小数点或数字录入错误", "Point or digits mistyped"),
        Reason("C03", "漏计或重复计算，有第二来源佐证", "Left out or counted twice, a second source shows it"),
        Reason("C04", "以统计年鉴或主管部门数为准", "The yearbook's or the responsible department's figure holds"),
        Reason("C05", "填报单位来函更正", "The department corrected it in writing"),
        Reason("C99", "其他（须写明）", "Other (say what)"),
        Reason("R01", "数据有误，须改正后重报", "The figures are wrong and must be corrected"),
        Reason("R02", "缺少说明", "An explanation is missing"),
        Reason("R03", "缺少佐证材料", "Evidence is missing"),
        Reason("R04", "签章不符或不全", "Signature or seal is missing or void"),
        Reason("R99", "其他（须写明）", "Other (say what)"),
        Reason("K01", "来源更权威", "Its source has more authority"),
        Reason("K02", "口径与目标一致", "Its definition is the one that is wanted"),
        Reason("K03", "数据更新，为最终数", "It is newer and final"),
        Reason("K04", "另一数的口径或范围不明", "The other figure does not say what it counts"),
        Reason("K05", "已向填报单位核实", "Confirmed with the department"),
        Reason("K99", "其他（须写明）", "Other (say what)"),
    )
}


def offered(act: Act) -> list[Reason]:
    """The codes a person may choose for this act, in the order of the list."""
    return [reason for reason in REASONS.values() if reason.act == act]
