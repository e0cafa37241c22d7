"""Open what the office calls its catalogue: a folder of CSV files, an Excel workbook, or the number of an edition."""

from pathlib import Path

from sqlalchemy import Connection

from learning_city.catalogue import sheets
from learning_city.catalogue.read import read
from learning_city.collect import sheet_file
from learning_city.errors import NeedsAPerson
from learning_city.model.edition import Edition
from learning_city.warehouse import ref

_PROBLEMS = {
    "empty_file": ("文件是空的，请重新保存或重新上传。", "the file is empty; save it again."),
    "too_big": ("文件太大（{detail}），请删去无关内容。", "the file is too large ({detail})."),
    "bomb": ("文件展开后大得不正常（{detail}），请用 Excel 另存一份。", "the file unpacks to far too much ({detail})."),
    "macro": ("文件带有宏，请另存为不带宏的 .xlsx。", "the file holds macros; save it as .xlsx without them."),
    "sparse": ("工作表大得不正常（{detail}），请删去远处的空单元格。", "a sheet is far too large ({detail})."),
    "truncated": (
        "文件损坏，打不开（{detail}），请用 Excel 另存一份。",
        "the file is damaged ({detail}); save it again.",
    ),
    "password": ("文件有密码，请去掉密码再保存。", "the file has a password; save it without."),
    "not_workbook": (
        "不是 Excel 工作簿（{detail}），请另存为 .xlsx。",
        "no Excel workbook ({detail}); save it as .xlsx.",
    ),
    "crashed": ("文件读不下去，请用 Excel 另存一份。", "the file could not be read to its end; save it again."),
    "timeout": ("文件读得太久，请用 Excel 另存一份。", "reading the file took too long; save it again."),
}


def open_file(path: Path) -> Edition:
    """The edition of a folder of CSV files or of a workbook; raises CatalogueRefused naming every fault.

    NeedsAPerson where there is no such file.
    """
    if not path.exists():
        raise NeedsAPerson(f"没有这个文件：{path}，请核对路径。 No such file: {path}; check the path.")
    if path.is_dir():
        return read(path)
    problem, detail, found = sheet_file.read_sheets(path)
    if problem:
        zh, en = _PROBLEMS.get(problem, (f"读不了（{problem}）。", f"cannot be read ({problem})."))
        raise sheets.refuse(f"{path.name} {zh.format(detail=detail)}", f"{path.name}: {en.format(detail=detail)}")
    return sheets.read_sheets([sheets.Sheet(name=name, rows=rows) for name, rows in found])


def open_any(connection: Connection, said: str) -> Edition:
    """An edition by its number, else the file or folder of that name."""
    return ref.load(connection, int(said)) if said.isdecimal() else open_file(Path(said))
