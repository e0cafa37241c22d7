"""The command line asks for the rights that the pages ask for, makes no folders by mistake, and shows no traceback."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from learning_city.cli import app, office
from learning_city.errors import NeedsAPerson, Refused
from learning_city.model.home import Home
from learning_city.model.rights import Right

Lcm = Callable[..., tuple[int, str]]


@pytest.fixture
def lcm(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lcm:
    """Runs a command as the shell does, in this test's home; exit status and what it said."""
    assert engine
    monkeypatch.setenv("LCM_HOME", str(home.root))
    monkeypatch.setenv("LCM_DATABASE_URL", home.database_url)

    def run(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["lcm", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            app.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return run


@pytest.fixture
def staffed(engine: Engine) -> Engine:
    """A home where wang is head and li may only look."""
    with engine.begin() as connection:
        sql = """INSERT INTO app.grant VALUES ('wang', 'head', '*', 'test'), ('li', 'reader', '*', 'test')"""
        connection.execute(text(sql))
    return engine


@pytest.mark.parametrize("who", ["li", "nobody", "WANG ", ""])
@pytest.mark.parametrize(
    "words",
    [
        ("report", "release", 1, "--why", "x"),
        ("report", "approve", 1, "--why", "x"),
        ("report", "restore", 1, "--why", "x"),
        ("report", "build", "national_62", "2017"),
        ("round", "allow", "2017", "f", "--why", "x"),
        ("answer", 1),
    ],
)
def test_who_holds_no_right_acts_nowhere(staffed: Engine, lcm: Lcm, who: str, words: tuple[object, ...]) -> None:
    status, said = lcm(*words, *(["--who", who] if who else []))
    assert status == 1
    assert "权限" in said
    assert "Traceback" not in said


def test_who_holds_the_right_gets_on(staffed: Engine, lcm: Lcm) -> None:
    assert "没有这一版报告" in lcm("report", "approve", 1, "--why", "x", "--who", "wang")[1]


def test_a_home_without_people_can_be_set_up(lcm: Lcm) -> None:
    assert "没有这一版报告" in lcm("report", "approve", 1, "--why", "x")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("report", "diff", 1, 1, "--out", "{0}/none/x.xlsx"),
        ("catalogue", "export", "{0}/none/x.xlsx"),
        ("catalogue", "handbook", "{0}/none/x.html"),
        ("proof", "n1_1_3", "110000", "2017", "--out", "{0}/none/x.html"),
    ],
)
def test_a_slip_of_the_pen_makes_no_folder(lcm: Lcm, tmp_path: Path, words: tuple[object, ...]) -> None:
    status, said = lcm(*(str(one).format(tmp_path) for one in words))
    assert (status, list(tmp_path.iterdir())) == (1, [])
    assert "没有文件夹" in said


@pytest.mark.parametrize("command", ["approve", "restore", "release", "rebuild"])
def test_a_number_beyond_all_builds_is_refused(lcm: Lcm, command: str) -> None:
    why = () if command == "rebuild" else ("--why", "x")
    assert lcm("report", command, 99999999999999999999, *why)[0] == 2


def test_a_full_disk_is_told_in_a_line(lcm: Lcm, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").mkdir()
    status, said = lcm("catalogue", "export", tmp_path / "x.xlsx")
    assert status == 1
    assert "Is a directory" in said
    assert "Traceback" not in said


def test_the_right_at_a_place_is_enough_for_that_place(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO app.grant VALUES ('chen', 'clerk', '110000', 'test')"))
    assert office.person(engine, "chen", Right.BUILD, ["110000"]) == "chen"
    for places in (["330200"], None):
        with pytest.raises(Refused):
            office.person(engine, "chen", Right.BUILD, places)


def test_a_folder_that_is_there_can_be_written_to(tmp_path: Path) -> None:
    office.writable(tmp_path / "x")
    office.writable(None)
    with pytest.raises(NeedsAPerson, match="none"):
        office.writable(tmp_path / "none" / "x")
