"""What lies in an inbox: folders, zips, single files, and what must not get out of them."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from learning_city.collect.inbox import list_deliveries, open_delivery


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return packed.getvalue()


def as_windows_packs(name: str, content: bytes) -> bytes:
    """A zip as Windows Explorer in China writes it: names in GBK, without the UTF-8 flag."""
    placeholder = "x" * len(name.encode("gbk"))
    return zipped((placeholder, content)).replace(placeholder.encode(), name.encode("gbk"))


def test_a_folder_is_one_delivery_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "宁波市" / "佐证").mkdir(parents=True)
    (tmp_path / "宁波市" / "台账.xlsx").write_bytes(b"book")
    (tmp_path / "宁波市" / "佐证" / "证明.pdf").write_bytes(b"proof")
    (tmp_path / "宁波市" / "~$台账.xlsx").write_bytes(b"a lock file of Excel")
    (tmp_path / ".DS_Store").write_bytes(b"")
    assert list_deliveries(tmp_path) == ["宁波市"]
    delivery = open_delivery(tmp_path, "宁波市")
    assert delivery.files == {"台账.xlsx": b"book", "佐证/证明.pdf": b"proof"}
    assert delivery.books() == ["台账.xlsx"]


def test_a_zip_is_one_delivery_with_its_members(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("包/台账.xlsx", b"book"), ("包/证明.pdf", b"proof")))
    assert open_delivery(tmp_path, "a.zip").files == {"台账.xlsx": b"book", "证明.pdf": b"proof"}


def test_chinese_names_in_a_zip_of_windows_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(as_windows_packs("盖章扫描件.png", b"a scan"))
    assert open_delivery(tmp_path, "a.zip").files == {"盖章扫描件.png": b"a scan"}


def test_two_members_of_one_name_are_both_kept(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("教育/证明.pdf", b"one"), ("文化/证明.pdf", b"two")))
    assert sorted(open_delivery(tmp_path, "a.zip").files.values()) == [b"one", b"two"]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "a/../../b/x", "C:\\x"])
def test_a_name_in_a_zip_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.zip").write_bytes(zipped((name, b"evil")))
    (member,) = open_delivery(tmp_path / "inbox", "a.zip").files
    assert member in {"x", "passwd"}
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.zip"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"a key")
    inbox = tmp_path / "inbox"
    (inbox / "包").mkdir(parents=True)
    (inbox / "link.xlsx").symlink_to(tmp_path / "secret")
    (inbox / "包" / "link.xlsx").symlink_to(tmp_path / "secret")
    (inbox / "包" / "folder").symlink_to(tmp_path)
    assert open_delivery(inbox, "link.xlsx").files == {"link.xlsx": b""}
    assert open_delivery(inbox, "包").files == {"包": b""}


def test_a_zip_bomb_is_kept_packed(tmp_path: Path) -> None:
    bomb = zipped(("台账.xlsx", bytes(60 * 2**20)))
    (tmp_path / "a.zip").write_bytes(bomb)
    assert len(bomb) < 100_000
    assert open_delivery(tmp_path, "a.zip").files == {"a.zip": bomb}


def test_a_zip_of_very_many_members_is_kept_packed(tmp_path: Path) -> None:
    crowd = zipped(*((f"{n}.txt", b"") for n in range(501)))
    (tmp_path / "a.zip").write_bytes(crowd)
    assert open_delivery(tmp_path, "a.zip").files == {"a.zip": crowd}


def test_a_broken_zip_is_kept_as_it_is(tmp_path: Path) -> None:
    broken = zipped(("台账.xlsx", b"book" * 100))[:60]
    (tmp_path / "a.zip").write_bytes(broken)
    assert open_delivery(tmp_path, "a.zip").files == {"a.zip": broken}


def test_a_name_that_is_not_utf8_is_read_as_chinese(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    with open(folder + b"/" + "证明.pdf".encode("gbk"), "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(b"proof")
    (name,) = list_deliveries(tmp_path)
    delivery = open_delivery(tmp_path, name)
    assert delivery.name == "证明.pdf"
    assert delivery.files == {"证明.pdf": b"proof"}


def test_an_inbox_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert list_deliveries(tmp_path / "2099") == []
