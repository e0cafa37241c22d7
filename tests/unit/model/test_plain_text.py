"""Signs that show nothing, or turn what stands around them, are not kept."""

import pytest

from learning_city.model.plain_text import plain
from learning_city.web.upload_files import plain_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u200b\u2060\ufeff \u00ad", ""),
        (" 已\u202e核\u2066对\u2069 ", "已核对"),
        ("两行\n文字\t好", "两行\n文字\t好"),
        ("写\x00了", "写了"),
        ("Ünïcode 龘", "Ünïcode 龘"),
    ],
)
def test_text_is_kept_as_people_see_it(typed: str, kept: str) -> None:
    assert plain(typed) == kept


def test_a_file_name_reads_as_it_is() -> None:
    assert plain_name("报告\u202excod.exe") == "报告xcod.exe"
    assert plain_name("台\u200b账.xlsx") == "台账.xlsx"
