"""What tables, columns and choices are called in the office's Excel, and what each column means."""

from functools import cache

from learning_city.catalogue.choice_words import WORDS
from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.heading_words import COMMON

SHEETS: dict[str, str] = {
    "place": "地区", "place_event": "区划变动", "department": "部门", "source": "数据来源", "facet": "口径要素",
    "threshold": "标准线", "measure": "数据项", "definition": "口径", "bridge": "换算衔接", "relation": "勾稽关系", "scale": "评定等级", "framework": "指标体系",
    "indicator": "指标", "formula": "公式", "overlap": "指标交叉", "target": "目标", "requirement": "基本要求", "form": "报表",
    "form_item": "报表项目", "responsibility": "责任分工", "contact": "联系人", "calendar": "日历", "table_label": "表中标签",
    "place_alias": "地区别名",
}  # fmt: skip
"""Table -> the name of its sheet."""
CONTENTS = "目录"
"""The first sheet: what the workbook is. Never read as a table."""
AS_OF = "时点"
"""Stands in the contents of a workbook that holds the rows of one day only; such a workbook cannot be imported."""

_OWN: dict[str, dict[str, tuple[str, str, str]]] = {
    "place": {"level": ("层级", "全国、地区、城市、区县", "country, region, city, district")},
    "scale": {
        "scale": ("等级表代码", "一套等级各行相同；“指标”表的定性指标引用它", "one code a scale; sheet 指标 names it"),
        "level": ("等级代码", "一套等级内唯一，如 established", "unique within its scale"),
        "text_zh": ("含义", "什么情况评为这一级", "what is judged to be of this level"),
        "text_en": ("英文含义", "英文页面上显示", "shown on the English pages"),
        "position": ("次序", "1 为最高一级", "1 is the highest level"),
        "provenance": ("条目来历", "A 原文、B 由文件推知、C 候选", "A verbatim, B implied by documents, C candidate"),
    },
    "requirement": {
        "requirement": ("要求代码", "同一要求各行相同", "same code for all rows of a requirement"),
        "level": ("层级", "对城市还是对区县", "asked of cities or of districts"),
        "at_least": ("至少项数", "所列指标中至少有几项达到才算达到", "how many of the indicators have to be met"),
        "value": ("标准值", "", "value to reach"),
        "must": ("必须达到", "填“是”的一项不达到，整个要求就不达到", "the requirement fails if this one fails"),
        "certified_by": ("认定单位", "由哪个单位来认定", "who certifies the result"),
        "provenance": ("条目来历", "A 原文、B 由文件推知、C 候选", "A verbatim, B implied by documents, C candidate"),
    },
    "place_event": {
        "date": ("日期", "批复或生效日期", "date of the change"),
        "type": ("变动类型", "合并、拆分、更名、划转", "merge, split, rename, transfer"),
        "old_place": ("原地区", "变动前的地区代码", "place before the change"),
        "new_place": ("新地区", "变动后的地区代码", "place after the change"),
        "share": ("划入比例", "拆分或划转时划入的比例（0 到 1）", "share that moves (0 to 1)"),
    },
    "source": {
        "source": ("来源代码", "收件箱里该来源文件夹的名称", "also the name of its folder in the inbox"),
        "kind": ("来源类别", "官方统计、部门记录、全面调查、抽样、媒体", "official, record, survey, sample, media"),
        "rank": ("优先次序", "1 最可信；几个来源都有数时先用小的", "1 is trusted most"),
        "symbols": ("符号说明", "如 …=N;-=M；A 表示零", "legend of symbols, as …=N;-=M; A is zero"),
        "profile": ("标签同", "与哪个来源共用标签、别名和符号", "source whose labels and aliases it shares"),
        "cover": ("封面年", "封面上的年份", "year on the cover"),
        "cover_year": ("封面年规则", "只用于没有注明年份的表", "its meaning for tables without a year"),
        "place": ("所述地区", "表中未写地区时是哪里", "place it speaks of where a table names none"),
        "document": ("文件", "书名或表号", "title of the document"),
    },
    "facet": {
        "facet": ("要素", "口径的哪一个方面", "which side of a definition"),
        "code": ("取值代码", "“口径”表里使用的取值", "value used in sheet 口径"),
    },
    "threshold": {"comparison": ("比较方式", "", "comparison"), "value": ("标准值", "", "value of the line")},
    "measure": {
        "over_places": (
            "按地区汇总",
            "填“相加”：各下级地区之和就是上级的数；留空不汇总",
            "sum = places add up; empty = never",
        ),
        "theme": ("主题", "", "theme"),
    },
    "definition": {
        "population": ("人口口径", "户籍、常住等，见“口径要素”", "population basis, see 口径要素"),
        "time": ("时间口径", "年末、普查时点、学年等，见“口径要素”", "time basis, see 口径要素"),
        "boundary": ("地域口径", "全市、市属等，见“口径要素”", "boundary, see 口径要素"),
        "scope": ("统计范围", "包括哪些单位，见“口径要素”", "scope, see 口径要素"),
        "counting": ("计数单位", "人、人次、机构、奖项等，见“口径要素”", "what is counted as one, see 口径要素"),
        "text_zh": ("口径说明", "一两句话：范围、时点、不含什么", "definition in Chinese"),
        "text_en": ("英文说明", "", "definition in English"),
        "source_document": ("口径出处", "", "document that defines it"),
    },
    "bridge": {
        "bridge": ("衔接代码", "一条衔接规则；几行组成一条时代码相同", "one bridge; its parts share the code"),
        "type": ("衔接类型", "换算、相加、相减、平均、系数、拼接、拆分、替代", "type of the bridge"),
        "from_definition": ("来自口径", "", "definition it starts from"),
        "to_definition": ("得到口径", "", "definition it leads to"),
        "part": ("第几项", "从 1 起", "number of the part, from 1"),
        "parts": ("共几项", "", "how many parts"),
        "factor": ("系数", "正数；相减由类型决定", "positive factor"),
        "error": ("误差", "近似衔接的相对误差", "stated error"),
    },
    "relation": {
        "relation": (
            "关系代码",
            "一条勾稽关系；各项的行代码相同",
            "one relation; the rows of its parts share the code",
        ),
        "type": ("关系类型", "相加、相乘、比率", "sum, product or ratio"),
        "stated": ("所报口径", "应由其余各数得出的那个口径", "the definition that should follow from the others"),
        "side": (
            "位置",
            "分子（相加、相乘的各项也填分子）或分母",
            "numerator (also the parts of a sum or product) or denominator",
        ),
        "definition": ("参与口径", "这一行是哪个口径", "the definition that takes part"),
        "constant": (
            "常数",
            "相乘、比率另乘的常数，如一年 12 个月、万换成一；留空为 1",
            "a number it is multiplied by besides, as 12 months",
        ),
        "because_zh": ("为什么", "写在其中一行即可", "why it should hold; one row is enough"),
        "because_en": ("英文为什么", "", "why, in English"),
    },
    "framework": {
        "shape": ("结构", "各级指标个数，如 5/15/62", "items by level, as 5/15/62"),
        "qualitative": ("定性指标数", "", "number of qualitative indicators"),
        "quantitative": ("定量指标数", "", "number of quantitative indicators"),
    },
    "indicator": {
        "scale": ("等级表代码", "定性指标填，与“评定等级”表一致", "of a qualitative indicator, see sheet 评定等级"),
        "parent": ("上级指标", "上一级指标的代码，一级指标留空", "indicator one level above"),
        "level": ("级别", "1 为一级指标", "1 = first level"),
        "nature": ("性质", "只有最末级填：定量或定性", "leaves only: quantitative or qualitative"),
        "scope": ("评价范围", "按城市、区县还是大区", "for cities, districts or regions"),
        "provenance": ("条目来历", "A 原文、B 由文件推知、C 候选", "A verbatim, B implied by documents, C candidate"),
    },
    "formula": {
        "formula": ("公式代码", "小写字母代码；各版本相同", "same code for all versions"),
        "version": ("版本", "从 1 起", "version, from 1"),
        "expression": ("表达式", "口径代码的四则运算，如 100.0 * a / nullif(b, 0)", "arithmetic over definition codes"),
        "counts": (
            "按地区计数",
            "填了时表达式是条件（如 a >= 1），指标是下级城市或区县中满足条件的百分比",
            "where given, the expression is a condition; the indicator is the share of places that meet it",
        ),
    },
    "overlap": {
        "other_framework": ("另一体系", "", "the other framework"),
        "other_indicator": ("另一指标", "", "the other indicator"),
        "relation": ("关系", "相同、交叉、包含、替代", "same, overlap, part, proxy"),
    },
    "target": {
        "target": ("目标代码", "", "code of the target"),
        "due": ("到期", "日期或年份", "day or year"),
        "value": ("目标值", "", "value to reach"),
        "low": ("目标下限", "方向为“在区间内”时填", "lower bound of a range"),
        "high": ("目标上限", "方向为“在区间内”时填", "upper bound of a range"),
        "baseline": ("基期值", "", "baseline"),
        "baseline_period": ("基期", "", "period of the baseline"),
        "set_by": ("提出单位", "", "who set it"),
        "project": ("所属工程", "文件没有写明的留空", "project it belongs to; empty where no document says"),
        "fact_id": ("事实编号", "", "number of the fact"),
    },
    "form": {
        "department": ("主管部门", "与“部门”表一致", "department the form belongs to"),
        "frequency": ("报送频率", "年报、季报、学年报", "annual, quarterly, school year"),
        "form_no": ("表号", "", "number of the form"),
        "authority": ("制表机关", "", "who made it"),
        "approval_no": ("批准文号", "缺了部门可以拒报", "approval; without it a department may refuse"),
    },
    "form_item": {
        "section": ("栏目", "", "section of the form"),
        "label_zh": ("项目名称", "表上印的名称", "as printed on the form"),
        "label_en": ("英文项目名称", "", "in English"),
        "required": ("必填", "", "must be filled"),
        "parent": ("合计项", "它是哪个数据项的分项", "measure of the total it is part of"),
        "numerator": ("分子", "比率的分子，同表的数据项", "measure of the numerator on the same form"),
        "denominator": ("分母", "比率的分母，同表的数据项", "measure of the denominator on the same form"),
        "type": ("填写类型", "数字、文字、选项", "number, text, choice"),
        "choices": ("选项", "用分号隔开，至少两个", "separated by ; at least two"),
        "evidence": ("要佐证", "", "needs evidence"),
        "indent": ("缩进", "", "indent of the label"),
        "minutes": ("填报分钟", "填这一项大约几分钟", "minutes it takes to fill in"),
    },
    "responsibility": {
        "definition": ("口径代码", "只负责表中一项时填；留空为整张表", "one item only; empty = the whole form"),
        "level": ("层级", "城市或区县", "city or district"),
        "place": ("地区代码", "留空为该层级的每个地区", "empty = every place of the level"),
        "role": ("角色", "牵头或协办", "lead or supporting"),
    },
    "contact": {
        "place": ("地区代码", "留空为所有地区", "empty = every place"),
        "name": ("姓名", "", "name"),
        "phone": ("电话", "", "phone"),
        "email": ("邮箱", "", "e-mail"),
        "leader": ("分管负责人", "", "leader in charge"),
        "leader_email": ("分管负责人邮箱", "催报时可以抄送", "where copies of reminders may go"),
    },
    "calendar": {
        "period": ("数据期", "2017 或 2018-Q1", "2017 or 2018-Q1"),
        "data_year": ("数据年", "", "data year"),
        "opens": ("下发日", "", "opens"),
        "due": ("截止日", "", "due"),
        "grace": ("宽限至", "", "grace until"),
        "locks": ("锁定日", "", "locked from"),
    },
    "table_label": {
        "source": ("来源代码", "与“数据来源”表一致", "see sheet 数据来源"),
        "title": ("表名含", "只用于表名含这些字的表；留空为任何表", "words of the table's title; empty = any table"),
        "label": ("标签", "表里印的行列名称；几级之间用 | 隔开", "as printed; levels separated by |"),
        "definition": ("口径代码", "留空为不采用，原因写在备注", "empty = not wanted, the note says why"),
        "parent": ("合计标签", "它是哪个标签的分项", "label of the total"),
    },
    "place_alias": {
        "source": ("来源代码", "留空为任何来源", "empty = any source"),
        "alias": ("别名", "表里印的地区名称", "name as printed in tables"),
        "place": ("地区代码", "留空为不采用，原因写在备注", "empty = not wanted, the note says why"),
    },
}


def heading(table: str, column: str) -> str:
    """What stands above a column, in Chinese."""
    return _said(table, column)[0]


def meaning(table: str, column: str) -> str:
    """What a column means, for a note on its heading: Chinese, then English and the column's own name."""
    _, zh, en = _said(table, column)
    must = "必填 required" if column in TABLES[table].required else ""
    return "\n".join(filter(None, [zh, f"{column}: {en}", must]))


@cache
def columns(table: str) -> dict[str, str]:
    """Chinese or English heading -> column of a table."""
    both = {heading(table, column): column for column in TABLES[table].columns}
    return both | {column: column for column in TABLES[table].columns}


def _said(table: str, column: str) -> tuple[str, str, str]:
    return _OWN.get(table, {}).get(column) or COMMON[column]


def choices(table: str, column: str) -> dict[str, str]:
    """Code -> Chinese word of a column of choices, in the order of the list."""
    allowed = TABLES[table].choices[column]
    return {code: word for code, word in WORDS.items() if code in allowed}
