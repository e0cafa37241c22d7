"""A home: one folder, one database, and whether what is in it is real."""

from pathlib import Path

import pytest

from learning_city.model.home import CHECKOUT, Home


def test_a_home_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LCM_HOME", str(tmp_path))
    monkeypatch.setenv("LCM_DATABASE_URL", "postgresql://db/warehouse")
    assert Home.from_environment() == Home(root=tmp_path, database_url="postgresql://db/warehouse")


def test_without_settings_it_is_the_office_below_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LCM_HOME", raising=False)
    monkeypatch.delenv("LCM_DATABASE_URL", raising=False)
    assert Home.from_environment() == Home(root=CHECKOUT / "var" / "office")


def test_a_relative_home_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LCM_HOME", "here")
    assert Home.from_environment().root == tmp_path / "here"


def test_only_a_marked_home_is_a_demonstration(tmp_path: Path) -> None:
    assert not Home(root=tmp_path).is_demo
    (tmp_path / "DEMO").touch()
    assert Home(root=tmp_path).is_demo


def test_everything_of_a_home_lies_below_its_root(tmp_path: Path) -> None:
    home = Home(root=tmp_path)
    folders = [home.server_data, home.archive, home.inbox, home.issued, home.reports, home.keys, home.airflow]
    assert {folder.parent for folder in folders} == {tmp_path}
    assert len(set(folders)) == 7
