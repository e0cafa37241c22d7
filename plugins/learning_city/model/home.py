"""Where one office keeps everything: database, archive, inbox, keys, reports."""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One office's folder (``LCM_HOME``) and the database that belongs to it.

    ``database_url`` is empty for the embedded server under ``root``; otherwise any
    PostgreSQL as an SQLAlchemy URL. ``inbox_url`` names an inbox in an object store (s3://, gs://, abfs:// …),
    empty for ``inbox``. ``is_demo`` marks the one home in which synthetic
    figures may live; every page and workbook made from it carries a banner.
    """

    root: Path
    database_url: str = ""
    inbox_url: str = ""

    @classmethod
    def from_environment(cls) -> "Home":
        """``LCM_HOME`` (default ``var/office`` of the checkout), ``LCM_DATABASE_URL`` and ``LCM_INBOX_URL``."""
        root = Path(os.environ.get("LCM_HOME") or CHECKOUT / "var" / "office").absolute()
        said = {name: os.environ.get(f"LCM_{name.upper()}", "") for name in ("database_url", "inbox_url")}
        return cls(root=root, **said)

    @property
    def is_demo(self) -> bool:
        """True when the home was created as a demonstration (file ``DEMO`` at its root)."""
        return (self.root / "DEMO").exists()

    @property
    def server_data(self) -> Path:
        """Data directory of the embedded PostgreSQL."""
        return self.root / "postgres"

    @property
    def archive(self) -> Path:
        """Files as they came in, named by their SHA-256; never changed."""
        return self.root / "archive"

    @property
    def inbox(self) -> Path:
        """Where the office's clerk puts what departments delivered, unless ``inbox_url`` does: one folder per round."""
        return self.root / "inbox"

    @property
    def issued(self) -> Path:
        """Workbooks made for departments."""
        return self.root / "issued"

    @property
    def reports(self) -> Path:
        """Published tables."""
        return self.root / "reports"

    @property
    def keys(self) -> Path:
        """Secrets of this home (0600), made once."""
        return self.root / "keys"

    @property
    def airflow(self) -> Path:
        """``AIRFLOW_HOME``."""
        return self.root / "airflow"
