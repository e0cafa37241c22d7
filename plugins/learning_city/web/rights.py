"""Who may do what, and where: roles, rights, and grants that hold for one place or for all."""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "/data-office"
"""Where Airflow mounts the pages."""
EVERYWHERE = "*"


class Right(StrEnum):
    """What a route asks for."""

    LOOK = "look"  # open a page
    DOWNLOAD = "download"  # take a published file
    JUDGE = "judge"  # write a judgement or commentary; a second person who may ACCEPT reviews it
    ACCEPT = "accept"  # settle a finding with a reason
    EXCUSE = "excuse"  # exempt or extend what is owed
    RECEIVE = "receive"  # upload, claim and withdraw submissions
    PURGE = "purge"  # remove a file's bytes, with a second head
    REMIND = "remind"  # send failed reminders again
    TAKE_CATALOGUE = "take_catalogue"  # download it whole, contacts included
    MAP = "map"  # say what a label of a printed table means
    EDIT_CATALOGUE = "edit_catalogue"  # upload and import a catalogue
    BUILD = "build"  # ask for a report
    RELEASE = "release"  # approve, release and restore a report, never one's own draft


ROLES = ("reader", "clerk", "reviewer", "head", "inspector")
RIGHTS: dict[Right, frozenset[str]] = {
    Right.LOOK: frozenset(ROLES),
    Right.DOWNLOAD: frozenset(ROLES),
    Right.ACCEPT: frozenset({"reviewer", "head"}),
    Right.JUDGE: frozenset({"clerk", "reviewer", "head"}),
    Right.EXCUSE: frozenset({"head"}),
    Right.RECEIVE: frozenset({"clerk", "head"}),
    Right.PURGE: frozenset({"head"}),
    Right.REMIND: frozenset({"clerk", "head"}),
    Right.TAKE_CATALOGUE: frozenset({"clerk", "reviewer", "head", "inspector"}),
    Right.MAP: frozenset({"reviewer", "head"}),
    Right.EDIT_CATALOGUE: frozenset({"head"}),
    Right.BUILD: frozenset({"clerk", "reviewer", "head"}),
    Right.RELEASE: frozenset({"head"}),
}
"""The whole matrix: a right is held by these roles and by nobody else."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of ``app.grant``: a role at a place, or everywhere (``*``)."""

    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with his grants; without grants he may do nothing."""

    name: str
    grants: tuple[Grant, ...] = ()

    def places(self, right: Right) -> list[str] | None:
        """Places at which he holds ``right``: None means every place, an empty list none."""
        held = {grant.place for grant in self.grants if grant.role in RIGHTS[right]}
        return None if EVERYWHERE in held else sorted(held)

    def may(self, right: Right, place: str | None = None) -> bool:
        """Whether he holds ``right`` at ``place``; without a place: anywhere at all.

        What belongs to no place (an unidentified file) is for those who hold the right everywhere:
        callers say so by passing an empty place.
        """
        places = self.places(right)
        if places is None:
            return True
        return bool(places) if place is None else place in places

    @property
    def role(self) -> str:
        """The role that stands beside his name: the one with the most rights."""
        held = {grant.role for grant in self.grants}
        return next((role for role in ("head", "reviewer", "clerk", "inspector", "reader") if role in held), "")
