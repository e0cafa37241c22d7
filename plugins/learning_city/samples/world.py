"""An invented world of any size for tests and measurements: places, departments, forms of sixty items, yearly figures."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from learning_city.model.ledger import CONTRACT, Identity, Ledger, LedgerForm, LedgerItem

EIGHT = (
    ("110000", "北京市"), ("310000", "上海市"), ("330100", "杭州市"), ("510100", "成都市"),
    ("420100", "武汉市"), ("430100", "长沙市"), ("330200", "宁波市"), ("140100", "太原市"),
)  # fmt: skip
LAST_YEAR = 2017
BLOCKS = 5
_BLOCK = (
    # name, unit, decimals, kind, parent, parts, numerator, denominator
    ("机构总数", "个", 0, "actual", "", "", "", ""),
    ("其中一类", "个", 0, "actual", "total", "all", "", ""),
    ("其中二类", "个", 0, "actual", "total", "all", "", ""),
    ("其中三类", "个", 0, "actual", "total", "all", "", ""),
    ("其中示范", "个", 0, "actual", "total", "some", "", ""),
    ("培训人数", "人", 0, "actual", "", "", "", ""),
    ("应训人数", "人", 0, "actual", "", "", "", ""),
    ("培训率", "%", 2, "rate", "", "", "trained", "due"),
    ("累计建成", "所", 0, "cumulative", "", "", "", ""),
    ("经费", "万元", 1, "actual", "", "", "", ""),
    ("覆盖率", "%", 1, "rate", "", "", "", ""),
    ("藏书", "册", 0, "actual", "", "", "", ""),
)
_ROLES = ("total", "part1", "part2", "part3", "demo", "trained", "due", "rate", "since", "money", "cover", "books")


@dataclass(frozen=True, kw_only=True)
class World:
    """So many cities, departments and years, all figures drawn from ``seed``; the same arguments give the same world."""

    cities: int
    departments: int
    years: int
    seed: int

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """(code, name): the eight cities, then invented ones."""
        invented = [(f"{900 + n // 100}{n % 100:02d}0", f"样例市{n:03d}") for n in range(1, 1000)]
        return [*EIGHT, *[(code.ljust(6, "0"), name) for code, name in invented]][: self.cities]

    @property
    def items_per_form(self) -> int:
        """Items of one form."""
        return BLOCKS * len(_BLOCK)

    def figures(self, department: int) -> np.ndarray:
        """(years, cities, items): consistent figures; parts add up, rates follow, cumulative ones rise."""
        draw = np.random.default_rng([self.seed, department])
        shape = (self.cities, BLOCKS)
        level = {role: draw.uniform(low, high, shape) for role, (low, high) in _LEVELS.items()}
        found = np.empty((self.years, self.cities, BLOCKS, len(_BLOCK)))
        for year in range(self.years):
            found[year] = _year(level)
            level = {role: value * draw.uniform(0.98, 1.05, shape) for role, value in level.items()}
            level["since"] = np.maximum(level["since"], found[year, :, :, 8])
            level["ratio"] = np.clip(level["ratio"], 0.4, 0.95)
            level["cover"] = np.clip(level["cover"], 20, 95)
        return found.reshape(self.years, self.cities, self.items_per_form)

    def ledger(self, place: int, department: int, year: int, figures: np.ndarray) -> Ledger:
        """What one department of one city is asked for in one year; last year's figures stand beside."""
        code, name = self.places[place]
        period = str(LAST_YEAR - self.years + 1 + year)
        before = figures[year - 1, place] if year else None
        identity = Identity(
            contract=CONTRACT, round=period, period=period, department=f"d{department + 1:02d}", place=code, template="",
            edition="1", token="", due=f"{int(period) + 1}-04-30",
        )  # fmt: skip
        return Ledger(
            identity=identity,
            round_name=f"{period}年度",
            place_name=name,
            department_name=f"样例部门{department + 1:02d}",
            is_demo=True,
            forms=(self._form(department, code, period, figures[year, place], before),),
        )

    def _form(self, department: int, place: str, period: str, now: np.ndarray, before: np.ndarray | None) -> LedgerForm:
        form = f"f{department + 1:02d}"
        items = tuple(self._item(form, n, place, period, now, before) for n in range(self.items_per_form))
        return LedgerForm(
            form=form, sheet=f"学监样{department + 1:02d}表", name_zh=f"样例统计台账{department + 1:02d}",
            form_no=f"学监样{department + 1:02d}表", authority="数据办（样例）", approval_no="样例〔2017〕1号",
            valid_to=dt.date(2030, 12, 31), items=items,
        )  # fmt: skip

    @staticmethod
    def _item(form: str, n: int, place: str, period: str, now: np.ndarray, before: np.ndarray | None) -> LedgerItem:
        block, at = divmod(n, len(_BLOCK))
        name, unit, decimals, kind, parent, parts, numerator, denominator = _BLOCK[at]

        def measure(role: str) -> str:
            return f"{form}_{block + 1}_{role}" if role else ""

        return LedgerItem(
            form=form, section=f"{block + 1}", code=f"{form.upper()}{n + 1:03d}", label_zh=f"{name}（{block + 1}）",
            label_en=_ROLES[at], measure=measure(_ROLES[at]), definition=measure(_ROLES[at]),
            definition_text="样例口径，当年年末数", place=place, period=period, unit=unit, decimals=decimals,
            required=True, previous=None if before is None else float(before[n]),
            yearbook=float(now[n]) if at in _IN_YEARBOOK else None, parent=measure(parent), parts=parts, kind=kind,
            numerator=measure(numerator), denominator=measure(denominator), type="number", evidence=at in _EVIDENCED,
            indent=1 if parent else 0,
        )  # fmt: skip


_LEVELS = {
    "total": (600, 4000), "demo": (0.1, 0.3), "due": (20000, 90000), "ratio": (0.5, 0.9), "since": (300, 900),
    "money": (500, 9000), "cover": (30, 90), "books": (40000, 900000), "cut1": (0.48, 0.52), "cut2": (0.29, 0.31),
}  # fmt: skip
_IN_YEARBOOK = frozenset({11})
_EVIDENCED = frozenset({8})


def _year(level: dict[str, np.ndarray]) -> np.ndarray:
    total = np.round(level["total"])
    first = np.round(total * np.clip(level["cut1"], 0.45, 0.55))
    second = np.round(total * np.clip(level["cut2"], 0.27, 0.33))
    due = np.round(level["due"])
    trained = np.round(due * level["ratio"])
    return np.stack(
        [
            total, first, second, total - first - second, np.round(total * np.clip(level["demo"], 0.05, 0.4)), trained, due,
            np.round(100 * trained / due, 2), np.round(level["since"]), np.round(level["money"], 1),
            np.round(level["cover"], 1), np.round(level["books"]),
        ],
        axis=-1,
    )  # fmt: skip
