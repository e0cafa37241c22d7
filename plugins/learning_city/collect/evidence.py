"""What kind of file came beside a workbook: by its name, unless its bytes say that it is something that runs."""

import re
from pathlib import PurePosixPath
from typing import Literal

Kind = Literal["scan", "document", "sheet", "text", "packed", "program", "other"]
_KINDS: dict[Kind, str] = {
    "scan": "pdf ofd png jpg jpeg jpe tif tiff bmp gif webp heic",
    "document": "doc docx wps rtf odt ppt pptx dps odp",
    "sheet": "xls xlsx et csv ods",
    "text": "txt md log",
    "packed": "zip rar 7z gz tar tgz bz2 xz iso",
    "program": "exe com scr bat cmd ps1 vbs vbe js jse wsf hta msi dll jar sh py lnk url html htm mht svg xml "
    "docm dotm xlsm xltm xlsb xlam pptm ppam",
}
_BY_ENDING = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}
_RUNS = re.compile(
    rb"\A(MZ|\x7fELF|\xca\xfe\xba\xbe|#!|\s*<(!doctype html|html|script|svg|\?xml)|L\x00\x00\x00\x01\x14)",
    re.IGNORECASE,
)
_MACROS = b"vbaProject.bin"


def kind_of(name: str, content: bytes) -> Kind:
    """The kind of a file that came as evidence; it is never opened, and never run.

    ``content`` may be empty where only the name is known.
    """
    if _RUNS.match(content[:512]) or (content.startswith(b"PK") and _MACROS in content):
        return "program"
    return _BY_ENDING.get(PurePosixPath(name).suffix.lower().removeprefix("."), "other")
