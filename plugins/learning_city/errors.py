"""The error tree answers one question: will trying again help?

Bad data is never an error, it is a finding (``learning_city.model.finding``).
"""


class LearningCityError(Exception):
    """Root of everything this package raises on purpose."""


class RetryLater(LearningCityError):
    """The world may heal by itself: a database restarting, a share unmounted."""


class NeedsAPerson(LearningCityError):
    """Trying again cannot help: a file, a setting or a rule has to be changed.

    The message says where, what, and what to do next.
    """


class Refused(NeedsAPerson):
    """An act that cannot be done as asked; ``because`` is a key for whoever says it in words of his own."""

    def __init__(self, because: str, message: str) -> None:
        self.because = because
        super().__init__(message)


class CatalogueRefused(NeedsAPerson):
    """The reference files hold errors; nothing was loaded.

    ``errors`` lists every one of them, each with file, row and column.
    """

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        shown = "\n".join(errors[:50])
        more = f"\n… and {len(errors) - 50} more" if len(errors) > 50 else ""
        super().__init__(
            f"目录有 {len(errors)} 处错误，没有导入任何内容。 "
            f"{len(errors)} error(s) in the catalogue, nothing was loaded:\n{shown}{more}"
        )


class NotATable(NeedsAPerson):
    """A file that was given as a statistical table holds none."""
