"""Who may do what, and where: roles, rights, and grants that hold for one place or for all."""

from dataclasses import dataclass

from learning_city.model.rights import EVERYWHERE, RIGHTS, ROLES, Right

PREFIX = "/data-office"
"""Where Airflow mounts the pages."""
__all__ = ["PREFIX", "RIGHTS", "ROLES", "Grant", "Right", "Viewer"]


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
