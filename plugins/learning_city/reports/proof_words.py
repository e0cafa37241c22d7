"""The words of a proof card, Chinese and English."""

Words = dict[str, tuple[str, str]]

METHODS: Words = {
    "direct": ("直接采用", "taken as reported"), "unit": ("单位换算", "converted to another unit"),
    "sum": ("各部分相加", "sum of its parts"), "difference": ("总数减其余部分", "total minus the other parts"),
    "average": ("两期平均", "average of two periods"), "merge": ("按区划变动合并", "old areas merged"),
    "coefficient": ("按系数推算（近似）", "by a coefficient (approximate)"), "splice": ("接续（近似）", "spliced (approximate)"),
    "split": ("按比例分劈（近似）", "split by a share (approximate)"), "proxy": ("替代指标（近似）", "accepted substitute (approximate)"),
    "sum_of_places": ("由下级地区相加", "sum of the places below"), "place": ("区划变动", "change of territory"),
}  # fmt: skip
FACETS: Words = {
    "population": ("人口口径", "population"), "time": ("时点", "time"), "boundary": ("地域", "boundary"),
    "scope": ("范围", "scope"), "counting": ("计数", "counting"),
}  # fmt: skip
LOST: Words = {
    "method": ("落选：所用方法次序靠后", "lost: its method ranks lower"),
    "source": ("落选：方法相同，来源级别较低", "lost: same method, a lower source"),
    "order": ("落选：方法和来源级别相同，按入库时间、数值排在后", "lost: same method and level of source; then what was recorded later, then the lower value, goes first"),
    "ruling": ("落选：专人裁定采用另一个", "lost: a named person ruled for another"),
}  # fmt: skip
ACTIONS: Words = {
    "accept_form_by_rule": ("按规则通过本表", "form accepted by rule"), "accept_form": ("通过本表", "form accepted"),
    "return_form": ("打回本表", "form returned"), "return_form_by_rule": ("按规则打回本表", "form returned by rule"),
    "accept_finding": ("接受说明", "finding accepted"), "correct_value": ("更正数值", "value corrected"),
    "settle_conflict": ("裁定口径冲突", "conflict settled"),
}  # fmt: skip
STATES: Words = {
    "in_force": ("生效", "in force"), "pending": ("待复核", "waits for a second person"), "undone": ("已撤销", "undone"),
    "open": ("待处理", "open"), "explained": ("已说明", "explained"), "accepted": ("已接受", "accepted"),
    "corrected": ("已更正", "corrected"), "returned": ("已打回", "returned"), "closed": ("已了结", "closed"),
    "confirmed": ("纸质与文件校验码一致", "code on paper is the file's"), "differs": ("校验码不符", "codes differ"),
    "void": ("数值已变，须重新核对", "void since figures changed"), "awaited": ("待核对", "not yet compared"),
    "draft": ("草稿", "draft"), "approved": ("已批准", "approved"), "released": ("已发布", "released"),
    "superseded": ("已被取代", "superseded"), "restored": ("已恢复", "restored"),
}  # fmt: skip
SEVERITIES: Words = {
    "block": ("■ 须改正", "■ must be corrected"), "ask": ("▲ 须说明", "▲ to be explained"), "note": ("● 提示", "● note"),
}  # fmt: skip
VERDICTS: Words = {
    "可比": ("✓ 可比", "comparable"), "调整后可比": ("◐ 调整后可比", "comparable after adjustment"),
    "不可比": ("✕ 不可比", "not comparable"), "conflict": ("▲ 待裁定", "conflict not settled"),
    "待裁定": ("▲ 待裁定", "conflict not settled"),
}  # fmt: skip
SIGNED: Words = {
    "head": ("负责人", "head"), "statistician": ("统计负责人", "statistician"), "filler": ("填表人", "filled by"),
    "date": ("报出日期", "date"), "seal": ("盖章扫描件", "sealed scan"), "code": ("校验码", "check code"),
}  # fmt: skip
