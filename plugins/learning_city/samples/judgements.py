"""A handful of judgements of the demonstration, plainly marked as samples: they show how the page works and state no fact."""

from sqlalchemy import Engine, text

from learning_city.review import judge
from learning_city.review.judge import Judgement, Subject
from learning_city.samples.settle import SECOND, WHO

_PLACE, _PERIOD, _FRAMEWORK = "110000", "2017", "national_62"
_TEXT = "样例述评，不是对该市的评价：这里写评为这一级的依据，如文件名称和文号、会议记录、运行数据。"
_BACK = "样例：请补充佐证材料后再报。"
_SAMPLES: dict[str, tuple[str | None, str]] = {
    "n1_1_1": ("effective", "confirmed"),
    "n1_1_2": ("established", "confirmed"),
    "n1_2_1": ("building", "confirmed"),
    "n2_2_1": ("established", "pending"),
    "n4_2_1": ("effective", "returned"),
    "n2_2_4": (None, "confirmed"),
}
"""Indicator -> the level it is put on (None: commentary on a figure) and how its review ends."""


def put(engine: Engine) -> int:
    """Write the samples in the names of the two sample users, once; returns how many were written."""
    with engine.connect() as connection:
        if connection.execute(text("SELECT EXISTS (SELECT FROM quality.judgement WHERE is_sample)")).scalar():
            return 0
    for indicator, (level, outcome) in _SAMPLES.items():
        subject = Subject(framework=_FRAMEWORK, indicator=indicator, place=_PLACE, period=_PERIOD)
        made = judge.judge(engine, subject, Judgement(level=level, commentary=_TEXT), who=WHO, is_sample=True)
        if outcome == "confirmed":
            judge.confirm(engine, made, who=SECOND, is_sample=True)
        elif outcome == "returned":
            judge.send_back(engine, made, who=SECOND, why=_BACK, is_sample=True)
    return len(_SAMPLES)
