"""Every word of the pages in both languages: key -> (Chinese, English); ``{name}`` is filled in."""

import re

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.web.board_words import BOARD
from learning_city.web.catalogue_words import CATALOGUE
from learning_city.web.codes import CODES
from learning_city.web.definition_words import DEFINITIONS
from learning_city.web.finding_words import FINDINGS
from learning_city.web.indicator_words import INDICATORS
from learning_city.web.judgement_words import JUDGEMENTS
from learning_city.web.label_words import LABELS
from learning_city.web.obligation_words import OBLIGATIONS
from learning_city.web.relation_words import RELATIONS
from learning_city.web.report_words import REPORTS
from learning_city.web.submission_words import SUBMISSIONS

LANGUAGES = ("zh", "en")
_TWO_STOPS = re.compile(r"(?<=[。！？])[。.]|(?<!\.)\.(?=。|\.(?:\s|$))")
OPEN = ("cause", "family", "method", "build", "problem")
"""Code lists that others may extend: a code without words is shown as it is."""


def say(lang: str, key: str, **values: object) -> str:
    """The sentence in one language, filled in. An unknown key is a programming error, except in OPEN lists."""
    stem, _, code = key.partition(".")
    if key not in WORDS and stem in OPEN:
        return code
    said = WORDS[key][lang == "en"].format(**values)
    return _TWO_STOPS.sub("", said) if "why" in values else said


def preferred(accepted: str) -> str:
    """The first of our languages that an ``Accept-Language`` header ranks highest; Chinese when none is."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        name, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=") if rest else "1"
        try:
            quality = float(weight)
        except ValueError:
            continue
        if name[:2].lower() in LANGUAGES and quality > 0:
            ranked.append((-quality, place, name[:2].lower()))
    return min(ranked)[2] if ranked else "zh"


WORDS: dict[str, tuple[str, str]] = CODES | BOARD | CATALOGUE | DEFINITIONS | RELATIONS | FINDINGS | OBLIGATIONS | SUBMISSIONS | LABELS | REPORTS | INDICATORS | JUDGEMENTS | {
    "product": ("学习型城市监测", "Learning City Monitor"),
    "product.short": ("学习型城市监测", "Learning City"),
    "loading": ("正在取数…", "Loading…"),
    "skip": ("跳到正文", "Skip to the content"),
    "pages": ("页面", "Pages"),
    "language": ("语言", "Language"),
    "logout": ("退出", "Log out"),
    "demo": ("样例数据", "SAMPLE DATA"),
    "demo.says": ("本系统装的是样例，标有[样例]的数不是真实数据，不得引用。", "This is a demonstration: figures marked [样例] (sample) are not real and must not be quoted."),
    "synthetic": (SYNTHETIC_MARK, SYNTHETIC_MARK),
    "synthetic.says": ("[样例] 不是真实数据。", "[样例] = sample, not a real figure."),
    "round": ("轮次", "Round"),
    "round.year": ("{year} 年度", "{year}"),
    "round.yearbooks": ("年鉴", "Yearbooks"),
    "round.closed": ("（已关闭）", " (closed)"),
    "go": ("查看", "Show"),
    "comma": ("、", ", "),
    "place": ("城市", "City"),
    "unit": ("单位", "Unit"),
    "period": ("数据期", "Period"),
    "row": ("行", "Row"),
    "due": ("截止", "Due"),
    "indicator": ("指标", "Indicator"),
    "blank": ("（空）", "(blank)"),
    "none_said": ("未给出", "not stated"),
    "no_place": ("未定地区", "No place"),
    "whole_file": ("整个文件", "whole file"),
    "by_rule": ("按规则", "by rule"),
    "first_page": ("回到第一页", "First page"),
    "next_page": ("下一页", "Next page"),
    "tab.board": ("收集进度", "Collection"),
    "tab.findings": ("审核台", "Review"),
    "tab.definitions": ("口径与冲突", "Definitions"),
    "tab.indicators": ("指标表", "Indicators"),
    "tab.reports": ("报告", "Reports"),
    "filter": ("筛选", "Filters"),
    "equals": ("：", ": "),
    "filter.all_places": ("全部 {n} 个", "All {n}"),
    "filter.all_departments": ("全部 {n} 个", "All {n}"),
    "filter.any_due": ("不限", "Any"),
    "filter.due.week": ("7 天内", "within 7 days"),
    "filter.due.late": ("已逾期", "overdue"),
    "filter.mine": ("只看需要我处理的", "Waiting for me"),
    "filter.state": ("状态", "State"),
    "filter.any_state": ("全部状态", "All states"),
    "filter.place": ("城市", "City"),
    "filter.any_place": ("全部城市", "All cities"),
    "filter.department": ("部门", "Department"),
    "filter.any_department": ("全部部门", "All departments"),
    "filter.severity": ("程度", "Severity"),
    "filter.any_severity": ("全部程度", "All severities"),
    "filter.clear": ("清除筛选", "Clear the filter"),
    "first": ("开始使用", "Getting started"),
    "first.says": ("还没有开启的轮次。做完下面三步，各部门就可以填报。", "No round is open yet. After these three steps the departments can begin."),
    "first.done": ("已完成", "Done"),
    "first.todo": ("待办", "To do"),
    "first.catalogue": ("导入目录", "Import the catalogue"),
    "first.catalogue.says": ("指标、口径、部门、表式和日历都在一个 Excel 工作簿里。先试运行，列出的错误都带文件、行、列。", "Indicators, definitions, departments, forms and calendar stand in one Excel workbook. Try it first: every error names file, row and column."),
    "first.catalogue.now": ("当前为第 {edition} 版目录。", "Edition {edition} is in use."),
    "first.catalogue.none": ("目前还没有目录。", "There is no catalogue yet."),
    "first.why": ("本市自己的目录", "our own catalogue"),
    "first.file": ("目录", "catalogue"),
    "first.people": ("人员与权限", "People and rights"),
    "first.people.says": ("角色有 reader 查阅、clerk 收集、reviewer 审核、head 负责、inspector 监督；可限定到一个城市。", "Roles are reader, clerk, reviewer, head and inspector; each may be limited to one city."),
    "first.people.now": ("已授权 {n} 人。", "Rights granted so far: {n} people."),
    "first.round": ("开启一轮并下发工作簿", "Open a round and hand out workbooks"),
    "first.round.says": ("在 Airflow 里运行 open_round，它按日历建立应报清单，并为每个部门生成一个工作簿。", "Run open_round in Airflow: it lists what is owed by the calendar and makes one workbook per department."),
    "first.round.open": ("打开 open_round", "Open open_round"),
    "first.round.hand_out": ("也可以另存一套工作簿分发：", "To save a set of workbooks for handing out:"),
    "first.folder": ("下发", "handout"),
    "reports.says": ("每一版冻结在一个时刻，同样的输入得到同样的文件。", "Each build is frozen at a moment; the same inputs give the same files."),
    "reports.limited": ("报告包含全部城市，您的权限限于部分城市，只列已发布的版本。", "A report covers every city; as your rights are limited to some, only published builds are listed."),
    "reports.empty": ("还没有报告", "No report yet"),
    "reports.empty.says": ("数据审核通过后运行 build_report，生成的报告会列在这里。", "Run build_report once the figures are accepted; what it makes is listed here."),
    "reports.scope_all": ("显示全部年度", "Show every year"),
    "reports.scope_one": ("只列 {year} 年度的版本。", "Builds of {year} only."),
    "reports.empty.year": ("{year} 年度还没有报告", "No report for {year} yet"),
    "reports.build": ("打开 build_report", "Open build_report"),
    "reports.caption": ("报告各版", "Builds of the report"),
    "reports.number": ("版次", "Build"),
    "reports.scope": ("范围", "Scope"),
    "reports.as_of": ("冻结时刻", "Frozen at"),
    "reports.by": ("生成人", "Requested by"),
    "reports.requested_by": ("生成人 {who}", "requested by {who}"),
    "reports.approved_by": ("{who} 批准", "approved by {who}"),
    "reports.files": ("文件", "Files"),
    "reports.edition": ("目录", "Catalogue"),
    "reports.edition.no": ("第 {n} 版", "edition {n}"),
    "reports.code": ("程序版本", "Code version"),
    "reports.inputs": ("输入指纹", "Hash of inputs"),
    "reports.released": ("发布", "Released"),
    "reports.no_files": ("这一版没有文件。", "This build has no file."),
    "reports.draft": ("草稿尚未批准，只供内部核对；生成人不能批准自己的版本。", "A draft for internal checks, not approved. Nobody approves a build of his own."),
    "denied": ("没有权限", "You have no right to this page"),
    "denied.nobody": ("{user}，您已登录，但还没有得到本系统的任何权限。", "{user}, you are signed in but hold no right in this system yet."),
    "denied.right": ("{user}，您的角色或地区不能做这件事。", "{user}, your role or your place does not allow this."),
    "denied.ask": ("需要权限请找：{heads}。", "Ask one of these people for it: {heads}."),
    "denied.no_head": ("还没有负责人。请管理员在服务器上运行下面的命令。", "Nobody is head yet. Ask the administrator to run this on the server."),
    "absent": ("没有这个页面", "There is no such page"),
    "absent.says": ("地址有误，或内容已不在，或不在您的权限之内。", "The address is wrong, the content is gone, or it lies outside your rights."),
    "expired": ("会话已过期", "Your session has ended"),
    "expired.says": ("刚才的内容没有提交。您写的内容还留在原来那一页（浏览器里），登录后返回重试。", "What you sent was not taken. Your text is still in the page you came from (in the browser): sign in, go back and try again."),
    "expired.login": ("登录并返回", "Sign in and go back"),
    "error": ("出错了", "Something failed"),
    "error.database": ("暂时取不到数据库里的数据。再试一次可能有用。", "The database cannot be read just now. Trying again may help."),
    "error.unexpected": ("程序出错，再试可能无用。", "The program failed; trying again may not help."),
    "error.kept": ("您填的内容没有提交，还在下面，没有丢。", "What you typed was not submitted; it is kept below."),
    "error.typed": ("您写的内容", "What you typed"),
    "error.again": ("再试一次", "Try again"),
    "error.code": ("仍不行请把编号 {code} 告诉管理员。", "If it stays like this, tell the administrator the code {code}."),
}  # fmt: skip
