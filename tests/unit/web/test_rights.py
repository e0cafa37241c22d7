"""The rights matrix, who may write from where, and where a login leads, without a server and without a database."""

import pytest

from learning_city.web.guard import came_from, is_from_here
from learning_city.web.rights import RIGHTS, ROLES, Grant, Right, Viewer


def viewer(*grants: tuple[str, str]) -> Viewer:
    return Viewer("li", tuple(Grant(role, place) for role, place in grants))


def test_every_right_is_decided_for_known_roles_only() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(roles <= set(ROLES) for roles in RIGHTS.values())


def test_somebody_without_a_grant_may_do_nothing() -> None:
    assert not any(viewer().may(right) for right in Right)
    assert viewer().places(Right.LOOK) == []


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_look_everywhere_it_holds(role: str) -> None:
    assert viewer((role, "*")).places(Right.LOOK) is None
    assert viewer((role, "140100")).places(Right.LOOK) == ["140100"]


@pytest.mark.parametrize(
    ("role", "may"), [("reader", False), ("clerk", False), ("inspector", False), ("reviewer", True), ("head", True)]
)
def test_only_reviewers_and_heads_accept(role: str, *, may: bool) -> None:
    assert viewer((role, "*")).may(Right.ACCEPT) is may


@pytest.mark.parametrize(
    ("role", "builds", "releases"),
    [
        ("reader", False, False),
        ("clerk", True, False),
        ("inspector", False, False),
        ("reviewer", True, False),
        ("head", True, True),
    ],
)
def test_those_who_work_ask_for_reports_and_only_heads_release_them(role: str, *, builds: bool, releases: bool) -> None:
    assert viewer((role, "*")).may(Right.BUILD) is builds
    assert viewer((role, "*")).may(Right.RELEASE) is releases


@pytest.mark.parametrize(
    ("role", "judges", "confirms"),
    [
        ("reader", False, False),
        ("clerk", True, False),
        ("inspector", False, False),
        ("reviewer", True, True),
        ("head", True, True),
    ],
)
def test_a_clerk_judges_and_a_reviewer_confirms(role: str, *, judges: bool, confirms: bool) -> None:
    assert viewer((role, "*")).may(Right.JUDGE) is judges
    assert viewer((role, "*")).may(Right.ACCEPT) is confirms
    assert not viewer((role, "140100")).may(Right.JUDGE, "110000")


def test_a_reviewer_of_one_place_reads_all_and_accepts_there_only() -> None:
    mixed = viewer(("reader", "*"), ("reviewer", "140100"))
    assert mixed.places(Right.LOOK) is None
    assert mixed.may(Right.ACCEPT, "140100")
    assert not mixed.may(Right.ACCEPT, "110000")


def test_what_belongs_to_no_place_is_for_those_who_see_all() -> None:
    assert not viewer(("head", "140100")).may(Right.ACCEPT, "")
    assert viewer(("head", "*")).may(Right.ACCEPT, "")


def test_an_unknown_role_gives_no_right() -> None:
    assert not viewer(("admin", "*")).may(Right.LOOK)


HERE = {"host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"origin": "http://127.0.0.1:8080"}, True),
        ({"origin": "https://127.0.0.1:8080", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://127.0.0.1:8081"}, False),
        ({"origin": "http://127.0.0.1:8080.evil.example"}, False),
        ({"origin": "http://127.0.0.1:8080", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_a_write_is_taken_from_our_own_pages_only(headers: dict[str, str], *, allowed: bool) -> None:
    assert is_from_here(HERE | headers) is allowed


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("https://office.example/data-office/findings?finding=7", "/data-office/findings?finding=7"),
        ("https://office.example/data-office/", "/data-office/"),
        ("", "/data-office/"),
        ("https://evil.example/data-office/findings", "/data-office/"),
        ("https://office.example@evil.example/data-office/findings", "/data-office/"),
        ("https://office.example/data-office-of-others/", "/data-office/"),
        ("https://office.example/data-office/../dags", "/data-office/"),
        ("https://office.example//evil.example/", "/data-office/"),
        ("https://[office.example/data-office/", "/data-office/"),
    ],
)
def test_after_the_login_one_comes_back_to_a_page_of_ours_only(referer: str, back: str) -> None:
    assert came_from({"host": "office.example", "referer": referer}, "/data-office/") == back
