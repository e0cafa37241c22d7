"""Old Excel workbooks (BIFF), also those locked with Excel's own default key: values, formats, merged ranges."""

import io
import struct
from typing import Any

from learning_city.collect import table_formats
from learning_city.collect.table_grid import Grid, Place, refusal, spread

DEFAULT_KEY = "VelvetSweatshop"
"""Excel's built-in password: it opens such files without asking, and so do we."""
_WORKBOOK = [name.encode("utf-16-le") for name in ("Workbook", "Book")]
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(content: bytes) -> list[Grid]:
    """The visible worksheets; raises NotATable for another kind of compound file or a real password."""
    if _ENCRYPTED in content[: 2**20] or _ENCRYPTED in content[-(2**16) :]:
        from learning_city.collect import container, table_xlsx

        opened = decrypted(content)
        return table_xlsx.read(opened, container.look(opened, macros=True))
    if not any(name in content for name in _WORKBOOK):
        raise refusal("not_workbook", "OLE")
    return _biff(decrypted(content))


def decrypted(content: bytes) -> bytes:
    """The file opened with Excel's default key, as it is where it is not locked; raises NotATable for a real password."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not locked.is_encrypted():
            return content
        locked.load_key(password=DEFAULT_KEY)
        opened = io.BytesIO()
        locked.decrypt(opened)
    except (InvalidKeyError, DecryptionError) as problem:
        raise refusal("password") from problem
    except (
        FileFormatError,
        ParseError,
        ValueError,
        OSError,
        AttributeError,
        LookupError,
        AssertionError,
        struct.error,
    ):
        return content
    return opened.getvalue()


def _biff(content: bytes) -> list[Grid]:
    import xlrd  # type: ignore[import-untyped]

    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, logfile=io.StringIO(), ignore_workbook_corruption=True
        )
    except Exception as problem:  # noqa: BLE001 - xlrd meets damaged records with whatever error comes first
        return _plainly(content, problem)
    sheets = book.sheets()
    return [_sheet(book, sheet) for sheet in [s for s in sheets if s.visibility == 0] or sheets]


def _plainly(content: bytes, problem: Exception) -> list[Grid]:
    """The values alone, by the more forgiving reader, when the formats cannot be read."""
    if "encrypted" in str(problem).lower():
        raise refusal("password") from problem
    if not isinstance(problem, AssertionError | KeyError):
        raise refusal("truncated", str(problem)[:80]) from problem
    from learning_city.collect import table_xlsx

    return table_xlsx.read(content)


def _sheet(book: Any, sheet: Any) -> Grid:
    grid = Grid(sheet=sheet.name, cells=[])
    for top, bottom, left, right in sheet.merged_cells:
        grid.merged |= spread(top, left, min(bottom, sheet.nrows) - 1, min(right, sheet.ncols) - 1)
    for row in range(sheet.nrows):
        line: list[Any] = []
        for column, cell in enumerate(sheet.row(row)):
            line.append(_cell(grid, (row, column), cell, book))
        grid.cells.append(line)
    return grid


def _cell(grid: Grid, place: Place, cell: Any, book: Any) -> Any:
    text, number, date, truth = 1, 2, 3, 4
    style = book.xf_list[cell.xf_index]
    if cell.ctype == text:
        if style.alignment.indent_level:
            grid.indents[place] = style.alignment.indent_level
        return cell.value
    if cell.ctype == number:
        form = book.format_map.get(style.format_key)
        code = form.format_str if form else "General"
        grid.shown[place] = table_formats.show(cell.value, code)
        if table_formats.is_percent(code):
            grid.percents.add(place)
        return cell.value
    if cell.ctype == date:
        return _date(cell.value, book.datemode)
    return bool(cell.value) if cell.ctype == truth else ""


def _date(value: float, mode: int) -> str:
    from xlrd import xldate

    try:
        return str(xldate.xldate_as_datetime(value, mode).date().isoformat())
    except (ValueError, OverflowError):
        return ""
