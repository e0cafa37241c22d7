"""From failing rows to findings: where, what was found, what was expected, why, and how to mend it."""

import re
from string import Template

import pandas as pd

from learning_city.model.finding import Finding
from learning_city.model.status import SYNTHETIC_MARK
from learning_city.validate.suites import Rule

PROBLEMS: dict[str, tuple[str, str, str, str]] = {
    "empty_file": ("文件是空的，没有内容。", "The file is empty.", "重新导出后报送。", "Export it again."),
    "not_workbook": ("不是 Excel 工作簿。", "This is not an Excel workbook.", "报送本办公室下发的 .xlsx 工作簿。", "Deliver the issued .xlsx workbook."),
    "truncated": ("文件损坏或不完整，打不开。", "The file is damaged or incomplete.", "重新保存后报送。", "Save it again and deliver it."),
    "password": ("文件有打开密码。", "The file is protected by a password.", "去掉打开密码后报送。", "Remove the password."),
    "too_big": ("文件太大。", "The file is too large.", "只报送下发的工作簿，附件另附。", "Deliver the issued workbook only."),
    "bomb": ("压缩内容异常大，已停止读取。", "The packed content is abnormally large; reading was stopped.", "用 Excel 重新另存后报送。", "Save it anew in Excel."),
    "sparse": ("工作表的范围异常大（远处有零星单元格），已停止读取。", "A sheet's extent is abnormally large; reading was stopped.", "删除表外的单元格，另存后报送。", "Delete cells outside the table and save anew."),
    "macro": ("工作簿带有宏，不予读取。", "The workbook holds macros and was not read.", "报送下发的无宏工作簿。", "Deliver the macro-free workbook."),
    "embedded": ("工作簿里嵌有其他文件或控件，不予读取。", "The workbook holds embedded files or controls and was not read.", "删除嵌入的对象；附件作为佐证材料另附。", "Delete the embedded objects; deliver attachments as evidence beside it."),
    "dde": ("工作簿里有会启动其他程序的链接（DDE 等），不予读取。", "The workbook links to another program (DDE) and was not read.", "不要打开这份文件；请用下发的工作簿重新填报。", "Do not open this file; fill in the issued workbook anew."),
    "dtd": ("文件内部有不该有的定义（DTD、外部实体），可能是恶意文件，不予读取。", "The file holds a DTD (entities) and was not read.", "用 Excel 重新另存后报送；来源不明的文件请核实发件人。", "Save it anew in Excel; ask the sender where it comes from."),
    "path": ("压缩内容里有指向其他文件夹的文件名，可能是恶意文件，不予读取。", "A name inside the file leads out of its folder; it was not read.", "用 Excel 重新另存后报送；来源不明的文件请核实发件人。", "Save it anew in Excel; ask the sender where it comes from."),
    "nested": ("压缩包没有拆开：里面还是压缩包，或者文件太多、太大。", "The packed file was not unpacked: it holds packed files, or too many or too large ones.", "把工作簿和佐证材料直接放进一个文件夹或一个压缩包后报送。", "Put the workbook and its evidence into one folder or one zip."),
    "no_identity": ("不是本办公室下发的工作簿（没有身份信息），待认领。", "Not a workbook issued by this office (no identity): to be claimed.", "由收集员认领，或请部门用下发的工作簿填报。", "A clerk assigns it, or the department uses the issued workbook."),
    "crashed": ("读取这个文件时读取程序崩溃，已隔离。", "The reading process crashed on this file; it was set aside.", "用 Excel 重新另存后报送。", "Save it anew in Excel."),
    "timeout": ("读取这个文件超时，已停止。", "Reading this file took too long and was stopped.", "用 Excel 重新另存后报送。", "Save it anew in Excel."),
    "locked": ("本轮已过锁定日，收下存档，暂不计入。", "This came after the lock date: archived, counted nowhere yet.", "由负责人为该任务办理延期，办理后自动接着审核。", "Extend the obligation; the package is then checked."),
}  # fmt: skip
"""problem code -> (what happened zh, en, what to do zh, en)"""


REASONS: dict[str, tuple[str, str]] = {
    "unit_slip": ("像是单位写错（差 10 的整数次方）", "probably another unit (off by a power of ten)"),
    "decimal_shift": ("像是小数点移了位", "probably a shifted decimal point"),
    "fraction_for_percent": ("像是把百分比写成了小数", "probably a fraction instead of a percentage"),
    "sign_reversed": ("像是多写了负号", "probably a minus sign too many"),
    "swapped_with_neighbour": ("像是与相邻一行填反了", "probably swapped with the neighbouring row"),
    "digits_transposed": ("像是相邻两个数字写颠倒了", "probably two neighbouring digits changed places"),
    "last_year_repeated": ("像是照抄了上年数", "probably last year's figure"),
    "cumulative_for_annual": ("像是把累计数填成了当年数", "probably the cumulative figure instead of the year's own"),
    "annual_for_cumulative": ("像是把当年数填成了累计数", "probably the year's own figure instead of the cumulative one"),
    "other_definition": ("像是填了另一口径的数", "probably a figure of another definition"),
}  # fmt: skip
"""cause -> how it is told; what is not here is no reason but the finding itself"""
ABOUT_NUMBERS = frozenset(
    [
        "unit",
        "range",
        "parts",
        "rate",
        "change",
        "outlier",
        "slip",
        "decimal",
        "swap",
        "cumulative",
        "yearbook",
        "departments",
    ]
)
"""Families whose findings take the likely cause of their row."""


def findings(rule: Rule, rows: pd.DataFrame) -> list[Finding]:
    """One finding per failing row; ``rows`` carries every column the rule's texts name."""
    return [_finding(rule, {name: _said(value) for name, value in row.items()}, row) for row in rows.to_dict("records")]


def columns_of(rule: Rule) -> list[str]:
    """The columns a rule's findings are told from."""
    texts = " ".join(getattr(rule, name) for name in (*_TEXTS, "found"))
    named = {name for pair in re.findall(r"\$(?:(\w+)|\{(\w+)\})", texts) for name in pair if name}
    places = {rule.at, f"{rule.at}_cell", f"{rule.at}_sheet", "seal_sheet"} if rule.at else set()
    return sorted(named | places | {"file", "sheet", "cell", "cause", "would_be", rule.would_be, *_ALWAYS} - {""})


_ALWAYS = ("is_synthetic", "problem", "problem_detail")


def _finding(rule: Rule, said: dict[str, str], row: dict[str, object]) -> Finding:
    if rule.rule_id == "identity.unreadable":
        zh, en, remedy_zh, remedy_en = PROBLEMS[said["problem"]]
        detail = said.get("problem_detail", "")
        said |= {"problem_zh": zh, "problem_en": en, "remedy_zh": remedy_zh, "remedy_en": remedy_en}
        said["problem"] = f"{said['problem']}: {detail}" if detail else said["problem"]
    said["found"] = Template(rule.found).safe_substitute(said)
    if row.get("is_synthetic") is True and said["found"]:
        said["found"] += f" {SYNTHETIC_MARK}"
    fill = {name: Template(getattr(rule, name)).safe_substitute(said) for name in _TEXTS}
    cause, would_be = _why(rule, row)
    zh, en = _reason(cause, would_be)
    sheet, cell = _where(rule, said)
    return Finding(
        rule_id=rule.rule_id,
        family=rule.family,
        severity=rule.severity,
        file=said["file"],
        sheet=sheet,
        cell=cell,
        found=said["found"],
        expected=fill["expected"],
        message_zh=fill["message_zh"] + zh + fill["fix_zh"],
        message_en=f"{fill['message_en']} {en}{fill['fix_en']}",
        cause=cause,
        would_be=would_be,
    )


_TEXTS = ("expected", "message_zh", "message_en", "fix_zh", "fix_en")


def _why(rule: Rule, row: dict[str, object]) -> tuple[str, float | None]:
    """The row's likely cause and number where one was found, else the rule's own."""
    decided = row.get("cause") if rule.family in ABOUT_NUMBERS else ""
    would_be = row.get("would_be") if decided else row.get(rule.would_be)
    cause = str(decided or rule.cause)
    if rule.rule_id == "cumulative.fall" and not decided and not pd.isna(row.get(rule.would_be)):
        cause = "annual_for_cumulative"
    is_number = isinstance(would_be, int | float) and not pd.isna(would_be)
    return cause, float(str(would_be)) if is_number else None


def _reason(cause: str, would_be: float | None) -> tuple[str, str]:
    zh, en = REASONS.get(cause, ("", ""))
    if not zh:
        return "", ""
    meant_zh, meant_en = (f"，可能应为 {_said(would_be)}", f": {_said(would_be)}") if would_be is not None else ("", "")
    return f"{zh}{meant_zh}。", f"It is {en}{meant_en}. "


def _where(rule: Rule, said: dict[str, str]) -> tuple[str, str]:
    """``at``: empty for the whole workbook, ``cell`` or another cell column, or a field of the sign-off."""
    if not rule.at:
        return "", ""
    if rule.at.endswith("cell"):
        return said["sheet"], said[rule.at] or said["cell"]
    return said[f"{rule.at}_sheet"] if f"{rule.at}_sheet" in said else said["seal_sheet"], said[f"{rule.at}_cell"]


def _said(value: object) -> str:
    """A value as a person would write it: no trailing zeros, nothing for nothing."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
