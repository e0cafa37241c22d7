"""The rights of this office, and which roles hold them: one matrix for pages, Airflow and the command line."""

from enum import StrEnum

EVERYWHERE = "*"
"""The place of a grant that holds at every place."""


class Right(StrEnum):
    """What an act asks for."""

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
