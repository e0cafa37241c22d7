"""What a department says of a figure in an answer workbook (答复件): a code of a closed list, words, until when it holds."""

from learning_city.model.reasons import Code

ANSWER_KEYS = ("answer", "answer_nth")
"""Keys below the identity of an answer workbook's hidden sheet: its number, and which one of the round it is."""
EXPLANATION_ROLES = {
    "explanation_code": "说明代码\n（下拉选择）",
    "explanation": "更正说明\n（黄底格填写）",
    "explanation_until": "有效期至\n（可不填）",
}
"""Roles of the cells an answer workbook adds to the right of each failing row, in their order, and their headings.

The first of them ends what the template asks for: rows of the hidden sheet from it on belong to the answer alone.
"""


class Explanation(Code):
    """Why a department's figure is what it is."""

    __slots__ = ()

    @property
    def offered(self) -> str:
        """As it stands in the drop-down; without a comma, which ends an entry there."""
        return f"{self.code} {self.zh}"


EXPLANATIONS = {
    one.code: one
    for one in (
        Explanation("E01", "情况属实，业务量确有变化", "Right as it stands, the activity really changed"),
        Explanation("E02", "统计范围调整", "The scope of the statistics changed"),
        Explanation("E03", "行政区划变动", "Boundaries changed"),
        Explanation("E04", "政策或制度变化", "A policy or an institution changed"),
        Explanation("E05", "上年数有误，已按新口径更正", "Last year's figure was wrong, this one is corrected"),
        Explanation("E06", "数据来源变更", "Another source of the data"),
        Explanation("E07", "暂无法取得", "Cannot be had for now"),
        Explanation("E99", "其他（须写明）", "Other (say what)"),
    )
}
