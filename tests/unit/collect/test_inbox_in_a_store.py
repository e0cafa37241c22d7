"""An inbox in an object store: the same deliveries, read through a path that is no disk's."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from office import KEY, ROUND, SEAL, TODAY, Office
from upath import UPath

from learning_city.collect import inbox
from learning_city.collect.register import register
from learning_city.validate import store


@pytest.fixture
def bucket() -> Iterator[UPath]:
    """A store in memory, empty."""
    folder = UPath("memory://office/inbox")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    folder.fs.rm("/", recursive=True)


def test_a_package_in_a_store_is_registered_with_its_evidence(office: Office, bucket: UPath) -> None:
    book = office.deliver("甲")
    folder = bucket / ROUND
    (folder / "北京").mkdir(parents=True)
    for path in book.parent.iterdir():
        (folder / "北京" / path.name).write_bytes(path.read_bytes())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("说明.txt", "没有工作簿")
    (folder / "空.zip").write_bytes(packed.getvalue())
    assert inbox.list_deliveries(folder) == ["北京", "空.zip"]
    ids = register(office.engine, office.home, ROUND, ["北京", "空.zip"], KEY, office.readers, folder)
    assert len(ids) == 2
    assert office.submission("北京").problem is None
    beside = "SELECT name FROM intake.evidence WHERE submission_id = :id"
    assert office.one(beside, id=office.submission("北京").submission_id) == SEAL
    store.check(office.engine, ids, TODAY)
    assert office.findings("北京") == []


def test_a_store_that_tells_no_times_is_looked_at_again(bucket: UPath) -> None:
    (bucket / "甲.zip").write_bytes(b"x")
    assert inbox.changed(bucket / "甲.zip", datetime(2020, 1, 1, tzinfo=UTC))


def test_a_store_on_a_disk_is_read_as_the_disk_it_is(office: Office) -> None:
    assert inbox.near(UPath(office.home.inbox.as_uri())) == office.home.inbox
