"""The workbook an office issues to a department: what its very-hidden sheet says (contract 1)."""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, fields

CONTRACT = "1"
HIDDEN_SHEET = "_lcm"
HEADINGS_ROW = 14
COLUMNS = [
    "sheet",
    "cell",
    "role",
    "form",
    "measure",
    "definition",
    "place",
    "period",
    "unit",
    "decimals",
    "required",
    "previous",
    "yearbook",
    "parent",
    "parts",
    "kind",
    "numerator",
    "denominator",
    "type",
]
"""Headings of the hidden sheet, one row per cell that may be filled."""
UNCALCULATED = "=…"
"""Stands as the text of a value cell that holds a formula without a result."""
ROLES = ("value", "missing_type", "reason", "explanation", "evidence", "signoff")
SIGNOFF_FIELDS = ("head", "statistician", "filler", "phone", "date", "seal", "code")
STRUCTURE = tuple(c for c in COLUMNS if c not in ("previous", "yearbook"))
"""Columns that make a template what it is; `previous` and `yearbook` are figures shown for help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose workbook this is. ``token`` proves the office issued it."""

    contract: str
    round: str
    period: str
    department: str
    place: str
    template: str
    edition: str
    token: str
    due: str

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The nine keys in the order of the sheet."""
        return tuple(f.name for f in fields(cls))

    def signed(self, key: bytes) -> str:
        """The token these values should carry under the office's key."""
        said = "\n".join(getattr(self, name) for name in self.keys() if name != "token")
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """One row of a form for one place and period: what is asked, and what is known of it.

    Numbers (``previous``, ``yearbook``, ``prefill``) are in ``unit``. ``type`` is number, text or
    choice, a choice being one of ``choices``. ``prefill`` stands in the value cell when the
    workbook is handed out; ``prefill_source`` says where it comes from.
    """

    form: str
    section: str
    code: str
    label_zh: str
    label_en: str
    measure: str
    definition: str
    definition_text: str
    place: str
    period: str
    unit: str
    decimals: int
    required: bool
    previous: float | None
    yearbook: float | None
    parent: str
    parts: str
    kind: str
    numerator: str
    denominator: str
    type: str
    evidence: bool
    indent: int
    choices: tuple[str, ...] = ()
    prefill: float | None = None
    prefill_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerForm:
    """One form as it stands on a sheet, with the legal marks it must carry.

    ``frequency`` is annual, quarterly or schoolyear; ``exception`` says why the form is issued
    without a legal mark or out of its validity, empty where nothing is amiss.
    """

    form: str
    sheet: str
    name_zh: str
    form_no: str
    authority: str
    approval_no: str
    valid_to: dt.date | None
    items: tuple[LedgerItem, ...]
    frequency: str = "annual"
    exception: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything one department of one place fills in for one round, as one workbook.

    ``dropped`` is how many items are not asked here because they are asked or known elsewhere.
    """

    identity: Identity
    round_name: str
    place_name: str
    department_name: str
    is_demo: bool
    forms: tuple[LedgerForm, ...]
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one row of a form was answered with; ``value`` is text where somebody typed text."""

    value: float | str | None = None
    missing_type: str = ""
    reason: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Who signs; ``seal`` is the file name of the sealed scan beside the workbook."""

    head: str = ""
    statistician: str = ""
    filler: str = ""
    phone: str = ""
    date: dt.date | None = None
    seal: str = ""


def template_hash(rows: list[tuple[str, ...]]) -> str:
    """Sixteen hex digits over the structural columns of the hidden sheet's rows.

    ``rows`` hold the values of STRUCTURE as text, in sheet order; a workbook whose rows were
    edited no longer answers to the ``template`` its token was made over.
    """
    said = "\n".join("\t".join(row) for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
