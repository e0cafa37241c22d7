"""The starter edition holds what was promised; every kind of mistake is named by file, row and column, all at once."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from learning_city.catalogue.read import read
from learning_city.errors import CatalogueRefused
from learning_city.model.edition import Edition
from learning_city.warehouse.statements import SQL

STARTER = SQL / "reference"
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def starter() -> Edition:
    return read(STARTER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STARTER, tmp_path / "reference"))


def change(folder: Path, file: str, edit: Callable[[Rows], object]) -> None:
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        headings, rows = list(reader.fieldnames or []), list(reader)
    edit(rows)
    with (folder / file).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, headings, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def errors(folder: Path) -> list[str]:
    with pytest.raises(CatalogueRefused) as refused:
        read(folder)
    return refused.value.errors


def test_the_eight_cities_are_there(starter: Edition) -> None:
    cities = [row["name_en"] for row in starter.tables["place"] if row["level"] == "city"]
    assert sorted(map(str, cities)) == [
        "Beijing", "Changsha", "Chengdu", "Hangzhou", "Ningbo", "Shanghai", "Taiyuan", "Wuhan",
    ]  # fmt: skip


@pytest.mark.parametrize(("year", "counties"), [(2010, {"密云县", "延庆县"}), (2016, {"密云区", "延庆区"})])
def test_beijing_has_sixteen_districts_before_and_after_its_counties_became_districts(
    starter: Edition, year: int, counties: set[str]
) -> None:
    day = date(year, 12, 31)
    names = {
        row["name_zh"]
        for row in starter.tables["place"]
        if row["parent"] == "110000"
        and row["valid_from"] <= day  # type: ignore[operator]
        and (row["valid_to"] is None or day < row["valid_to"])  # type: ignore[operator]
    }
    assert len(names) == 16
    assert counties <= names


def test_there_are_enough_measures_definitions_and_forms(starter: Edition) -> None:
    assert len(starter.tables["measure"]) >= 40
    assert len(starter.tables["definition"]) >= 60
    forms = {row["form"] for row in starter.tables["form"]}
    assert forms >= {"edu", "culture", "statistics"}


def test_four_frameworks_live_over_the_same_measures(starter: Edition) -> None:
    frameworks = {row["framework"]: row["shape"] for row in starter.tables["framework"]}
    assert set(frameworks) == {"national_62", "action_plan_2020", "coverage_2020", "unesco_2013"}
    assert frameworks["unesco_2013"] == "3/12/22"
    theirs = {row["formula"] for row in starter.tables["indicator"] if row["framework"] == "unesco_2013"}
    ours = {row["formula"] for row in starter.tables["indicator"] if row["framework"] == "national_62"}
    assert theirs <= ours


def test_the_order_of_rows_makes_no_other_edition(starter: Edition) -> None:
    turned = Edition(tables={name: list(reversed(rows)) for name, rows in reversed(starter.tables.items())})
    assert turned.content_hash == starter.content_hash


def test_the_national_framework_has_5_15_62_items_of_which_18_qualitative_and_44_quantitative(starter: Edition) -> None:
    items = [row for row in starter.tables["indicator"] if row["framework"] == "national_62"]
    levels, natures = Counter(row["level"] for row in items), Counter(row["nature"] for row in items if row["nature"])
    assert levels == {1: 5, 2: 15, 3: 62}
    assert natures == {"qualitative": 18, "quantitative": 44}


def test_every_item_says_where_it_comes_from_and_exactly_one_is_in_the_documents_own_words(starter: Edition) -> None:
    items = [row for row in starter.tables["indicator"] if row["framework"] == "national_62"]
    provenance = Counter(row["provenance"] for row in items)
    assert set(provenance) == {"A", "B", "C"}
    assert provenance["A"] == 1


def test_reading_twice_gives_the_same_edition(starter: Edition) -> None:
    assert read(STARTER).content_hash == starter.content_hash


def row(**key: str) -> Callable[[Rows], dict[str, str]]:
    """Picks the one row with these cells."""

    def pick(rows: Rows) -> dict[str, str]:
        return next(one for one in rows if all(one[name] == value for name, value in key.items()))

    return pick


def put(which: Callable[[Rows], dict[str, str]], **cells: str) -> Callable[[Rows], object]:
    return lambda rows: which(rows).update(cells)


def add(which: Callable[[Rows], dict[str, str]], **cells: str) -> Callable[[Rows], object]:
    return lambda rows: rows.append(which(rows) | cells)


first: Callable[[Rows], dict[str, str]] = lambda rows: rows[0]  # noqa: E731 - a picker like the others
BEIJING = row(place="110000")
LEAF = row(framework="national_62", indicator="n1_1_3")
RATIO_1 = row(formula="urban_rural_income_ratio", version="1")
QUARTER = row(round="2018-Q1", form="progress_edu")
EDU_LEAD = row(form="edu", role="lead", definition="")
MISTAKES: dict[str, tuple[str, Callable[[Rows], object], str, str]] = {
    "bad date": ("places.csv", put(BEIJING, valid_from="2010-02-30"), "places.csv 第 6 行 valid_from 列", "不是日期"),
    "end before start": ("places.csv", put(BEIJING, valid_to="1949-10-01"), "places.csv 第 6 行 valid_to 列", "不在生效日期"),
    "unknown place": ("places.csv", put(BEIJING, parent="X"), "places.csv 第 6 行 parent 列", "“X”不在“地区”表"),
    "parent not there yet": ("places.csv", put(row(place="100000"), valid_from="1990-01-01"), "places.csv 第 3 行 parent 列", "有效期"),
    "unknown measure": ("definitions.csv", put(first, measure="x"), "definitions.csv 第 2 行 measure 列", "不在“数据项”表"),
    "overlapping dates": ("places.csv", add(BEIJING, valid_from="2000-01-01"), "places.csv 第 59 行 place 列", "有效期重叠"),
    "bad unit": ("measures.csv", put(first, unit="斤两"), "measures.csv 第 2 行 unit 列", "“斤两”不是已知的计量单位"),
    "empty": ("measures.csv", put(first, name_en=""), "measures.csv 第 2 行 name_en 列", "不能为空"),
    "no choice": ("places.csv", put(BEIJING, level="town"), "places.csv 第 6 行 level 列", "请选：全国（country）"),
    "not whole": ("measures.csv", put(first, decimals="one"), "measures.csv 第 2 行 decimals 列", "整数"),
    "too large a whole": ("measures.csv", put(first, decimals="40000"), "measures.csv 第 2 行 decimals 列", "整数"),
    "not a number": ("targets.csv", put(first, value="nan"), "targets.csv 第 2 行 value 列", "不是数字"),
    "more digits than kept": ("targets.csv", put(first, value="12.3456789012345678"), "targets.csv 第 2 行 value 列", "有效数字"),
    "infinite": ("form_items.csv", put(first, high="inf"), "form_items.csv 第 2 行 high 列", "不是数字"),
    "neither yes nor no": ("form_items.csv", put(first, required="maybe"), "form_items.csv 第 2 行 required 列", "“是”或“否”"),
    "unprintable": ("places.csv", put(BEIJING, name_en="Bei\x07jing"), "places.csv 第 6 行 name_en 列", "不可见"),
    "too long for a cell": ("measures.csv", put(first, name_en="x" * 32_768), "measures.csv 第 2 行 name_en 列", "32767"),
    "duplicate key": ("measures.csv", add(first), "measures.csv 第 217 行 measure 列", "与第 2 行重复"),
    "wrong shape": ("indicators.csv", lambda r: r.remove(row(indicator="n1_1_4")(r)), "frameworks.csv 第 2 行 shape 列", "实有 5/15/61"),
    "wrong count": ("frameworks.csv", put(first, qualitative="17"), "frameworks.csv 第 2 行 qualitative 列", "实有 18 项"),
    "no formula": ("indicators.csv", put(LEAF, formula=""), "indicators.csv 第 6 行 formula 列", "定量指标要有公式"),
    "leaf without nature": ("indicators.csv", put(LEAF, nature=""), "indicators.csv 第 6 行 nature 列", "定量还是定性"),
    "group with nature": ("indicators.csv", put(row(indicator="n1_1"), nature="qualitative"), "indicators.csv 第 3 行 nature 列", "有下级"),
    "wrong level": ("indicators.csv", put(LEAF, level="4"), "indicators.csv 第 6 行 parent 列", "应为 3 级"),
    "unknown parent": ("indicators.csv", put(LEAF, parent="n9"), "indicators.csv 第 6 行 parent 列", "“n9”不是"),
    "parent of later": ("indicators.csv", put(row(indicator="n1_1"), valid_from="2012-01-01"), "indicators.csv 第 4 行 parent 列", "有效期"),
    "formula never in force": ("formulas.csv", put(row(formula="joint_issue_departments"), valid_from="2000-01-01", valid_to="2001-01-01"), "indicators.csv 第 6 行 formula 列", "没有一个版本"),
    "formula versions overlap": ("formulas.csv", put(RATIO_1, valid_to="2014-01-01"), "formulas.csv 第 46 行 valid_from 列", "有效期重叠"),
    "formula version twice": ("formulas.csv", add(RATIO_1), "formulas.csv 第 64 行 formula 列", "重复"),
    "definitions never together": ("definitions.csv", put(row(definition="lib_seats"), valid_to="1950-01-01"), "formulas.csv 第 24 行 valid_from 列", "没有同时有效"),
    "formula name": ("formulas.csv", add(first, formula="x'); DROP"), "formulas.csv 第 64 行 formula 列", "小写字母"),
    "unknown facet value": ("definitions.csv", put(first, population="everybody"), "definitions.csv 第 2 行 population 列", "“人口口径”的取值"),
    "unknown threshold": ("definitions.csv", put(first, threshold="none"), "definitions.csv 第 2 行 threshold 列", "不在“标准线”表"),
    "unit beside the measure": ("definitions.csv", put(row(definition="lib_seats"), unit="元"), "definitions.csv 第 ", "不能换算"),
    "bridge part": ("bridges.csv", put(first, part="3"), "bridges.csv 第 2 行 part 列", "应为 1 到 2"),
    "bridge unit": ("bridges.csv", put(row(bridge="pop_changzhu_to_wan"), type="sum"), "bridges.csv 第 14 行 type 列", "改变单位"),
    "bridge sign": ("bridges.csv", put(row(bridge="pop_changzhu_to_wan"), factor="-1"), "bridges.csv 第 14 行 factor 列", "大于 0"),
    "bridge place": ("bridges.csv", put(row(bridge="pop_changzhu_to_wan"), place="999999"), "bridges.csv 第 14 行 place 列", "不在“地区”表"),
    "relation of something unknown": ("relations.csv", put(row(definition="kindergartens"), definition="no_such"), "relations.csv 第 2 行 definition 列", "“no_such”不在“口径”表"),
    "relation of itself": ("relations.csv", put(row(definition="kindergartens"), definition="schools_all"), "relations.csv 第 2 行 definition 列", "不能由它自己得出"),
    "relation adds other units": ("relations.csv", put(row(definition="kindergartens"), definition="gdp"), "relations.csv 第 2 行 definition 列", "不能与“所”"),
    "relation of two types": ("relations.csv", put(row(definition="primary_schools"), type="product"), "relations.csv 第 3 行 type 列", "要相同"),
    "relation divides what is multiplied": ("relations.csv", put(row(relation="lectures_of_a_year"), side="denominator"), "relations.csv 第 7 行 side 列", "只有比率有分母"),
    "relation times nothing": ("relations.csv", put(row(relation="lectures_of_a_year"), constant="0"), "relations.csv 第 7 行 constant 列", "不能是 0"),
    "form parent": ("form_items.csv", put(first, parent="gdp"), "form_items.csv 第 2 行 parent 列", "同一张表"),
    "form measure": ("form_items.csv", put(first, measure="gdp"), "form_items.csv 第 2 行 definition 列", "属于数据项"),
    "low above high": ("form_items.csv", put(first, low="9", high="1"), "form_items.csv 第 2 行 low 列", "大于上限"),
    "a choice without choices": ("form_items.csv", put(first, type="choice"), "form_items.csv 第 2 行 choices 列", "至少要有两个"),
    "a choice of one": ("form_items.csv", put(first, type="choice", choices="有;有"), "form_items.csv 第 2 行 choices 列", "两个不同"),
    "choices of a number": ("form_items.csv", put(first, choices="有;无"), "form_items.csv 第 2 行 choices 列", "才填选项"),
    "two leads": ("responsibilities.csv", add(EDU_LEAD, department="office"), "responsibilities.csv 第 40 行 department 列", "两个牵头单位"),
    "item not on the form": ("responsibilities.csv", put(EDU_LEAD, definition="gdp"), "responsibilities.csv 第 2 行 definition 列", "没有口径“gdp”"),
    "a period that is none": ("calendar.csv", put(QUARTER, period="2018-Q5"), "calendar.csv 第 29 行 period 列", "不是数据期"),
    "an unstated period": ("calendar.csv", put(QUARTER, period="unstated@x"), "calendar.csv 第 29 行 period 列", "不是数据期"),
    "another data year": ("calendar.csv", put(QUARTER, data_year="2017"), "calendar.csv 第 29 行 data_year 列", "与数据年 2017 不符"),
    "two periods in a round": ("calendar.csv", put(row(round="2018-Q2", form="progress_edu"), period="2018-Q3"), "calendar.csv 第 ", "一个轮次只有一个数据期"),
    "due before it opens": ("calendar.csv", put(QUARTER, due="2018-04-01"), "calendar.csv 第 29 行 due 列", "早于下发日"),
    "locked before the grace ends": ("calendar.csv", put(QUARTER, locks="2018-04-19"), "calendar.csv 第 29 行 locks 列", "早于宽限至"),
    "target low above high": ("targets.csv", put(first, direction="range", low="9", high="1"), "targets.csv 第 2 行 low 列", "大于上限"),
    "target without a value": ("targets.csv", put(first, value=""), "targets.csv 第 2 行 value 列", "要填目标值"),
    "target in another unit": ("targets.csv", put(first, unit="%"), "targets.csv 第 2 行 unit 列", "与指标的单位"),
    "target of another framework": ("targets.csv", put(first, framework="national_62"), "targets.csv 第 2 行 indicator 列", "没有指标“a1_1_1”"),
    "target of nothing": ("targets.csv", put(first, indicator="zzz"), "targets.csv 第 2 行 indicator 列", "不在“指标”表"),
    "due when": ("targets.csv", put(first, due="soon"), "targets.csv 第 2 行 due 列", "不是到期日"),
    "overlap with itself": ("overlaps.csv", put(first, other_framework="national_62", other_indicator="n3_1_2"), "overlaps.csv 第 2 行 other_indicator 列", "与自己交叉"),
    "overlap of nothing": ("overlaps.csv", put(first, other_framework="coverage_2020"), "overlaps.csv 第 2 行 other_indicator 列", "没有指标"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "edit", "where", "what"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_once_by_file_row_and_column_in_both_languages(
    folder: Path, file: str, edit: Callable[[Rows], object], where: str, what: str
) -> None:
    change(folder, file, edit)
    (error,) = errors(folder)
    chinese, _, english = error.partition(" / ")
    assert chinese.startswith(where)
    assert what in chinese
    assert english.startswith(f"{where.split()[0]}, row ")


@pytest.mark.parametrize(
    "address", ["li", "a@b@example.cn", "a@example.cn,b@example.cn", "a@x.cn\nBcc: b@x.cn", "@x.cn"]
)
def test_an_email_is_one_address(folder: Path, address: str) -> None:
    said = {"department": "edu", "name": "李", "valid_from": "2018-01-01"}
    change(folder, "contacts.csv", lambda rows: rows.append(said | {"email": "li@example.cn"}))
    assert read(folder).tables["contact"][0]["email"] == "li@example.cn"
    change(folder, "contacts.csv", lambda rows: rows[0].update(email=address))
    (error,) = errors(folder)
    assert error.startswith("contacts.csv 第 2 行 email 列")


@pytest.mark.parametrize(("form", "period", "what"), [("progress_edu", "2019", "季报"), ("edu", "2019-Q1", "年报")])
def test_quarterly_forms_stand_in_quarters_and_others_in_years(folder: Path, form: str, period: str, what: str) -> None:
    said = {"round": "x", "period": period, "data_year": "2019", "form": form}
    change(folder, "calendar.csv", lambda rows: rows.append(rows[-1] | said))
    (error,) = errors(folder)
    assert error.startswith("calendar.csv 第 37 行 form 列")
    assert what in error


def test_a_form_of_the_calendar_needs_a_lead(folder: Path) -> None:
    change(folder, "responsibilities.csv", put(row(form="culture", role="lead"), role="supporting"))
    found = errors(folder)
    assert len(found) == 9
    assert all("没有牵头单位" in error for error in found)


FORMULAS = {
    "a function": ("pg_sleep(10)", "not allowed"),
    "a function of files": ("pg_read_file('/etc/passwd')", "not allowed"),
    "a subquery": ("(SELECT max(value) FROM warehouse.observation)", "not allowed"),
    "an unknown name": ("lib_seats / nobody", "'nobody' is not a definition"),
    "a table's column": ("ref.lib_seats", "is not a definition"),
    "a string": ("'7'", "text '7' is not allowed"),
    "a cast": ("lib_seats::regclass", "not allowed"),
    "a filler": ("coalesce(lib_seats, 0)", "not allowed"),
    "a second statement": ("lib_seats; DROP TABLE ref.edition", "not allowed"),
    "a comment": ("lib_seats -- all", None),
    "half a formula": ("lib_seats /", "not a formula"),
    "rounding to decimals": ("round(lib_seats, 1)", "without decimals"),
    "a star": ("*", "not allowed"),
    "a comparison for a number": ("lib_seats > 3", "not a comparison"),
    "a number for a comparison": ("case when lib_seats then 1 end", "a comparison"),
    "a comparison in arithmetic": ("1 + (lib_seats > 3)", "not a comparison"),
    "a case": ("case when (lib_seats > 0) then lib_seats * lib_visits / lib_visits else 0 end", None),
    "unlike things added": ("lib_seats + lib_visits", "adds or compares 个 and 万人次"),
    "a multiple added": ("pop_changzhu_y1231 + pop_changzhu_y1231_persons", "adds or compares 万人 and 人"),
    "a mean of like things": ("(lib_seats + museums) / 2", None),
    "too long a number": ("lib_seats * 1e999", "too large"),
    "brackets without end": ("(" * 900 + "lib_seats" + ")" * 900, "not a formula"),
}


@pytest.mark.parametrize(
    ("expression", "unit", "gives"),
    [
        ("edu_spend / budget_spend", "%", "—"),
        ("100.0 * edu_spend / budget_spend", "元", "%"),
        ("lib_collection / pop_changzhu_y1231", "册", "册/人"),
        ("lib_collection / pop_changzhu_y1231", "万册/人", "册/人"),
        ("lib_visits / pop_changzhu_y1231", "次/人", "人次/人"),
        ("edu_spend", "万元", "亿元"),
    ],
)
def test_a_formula_whose_unit_does_not_come_out_is_refused(
    folder: Path, expression: str, unit: str, gives: str
) -> None:
    change(folder, "formulas.csv", lambda rows: rows[0].update(expression=expression, unit=unit))
    told = [line for line in errors(folder) if line.startswith("formulas.csv 第 2 行 unit 列")]
    assert f"“{gives}”" in told[0]
    assert unit in told[0]
    assert f"gives {gives}, the row says {unit}" in told[0]


@pytest.mark.parametrize(("expression", "message"), FORMULAS.values(), ids=FORMULAS)
def test_a_formula_may_be_arithmetic_over_definitions_only(folder: Path, expression: str, message: str | None) -> None:
    change(folder, "formulas.csv", lambda rows: rows[0].update(expression=expression))
    if message is None:
        assert read(folder).tables["formula"][0]["expression"] == expression
        return
    (first, *_) = errors(folder)
    assert first.startswith("formulas.csv 第 2 行 expression 列：")
    assert message in first


def test_a_missing_column_is_named_and_the_others_are_still_read(folder: Path) -> None:
    text = (folder / "measures.csv").read_text(encoding="utf-8")
    text = text.replace("name_en", "english", 1).replace(
        "population,人口,Population,万人", "population,人口,Population,斤两"
    )
    (folder / "measures.csv").write_text(text, encoding="utf-8")
    found = errors(folder)
    assert [error.partition("：")[0] for error in found] == [
        "measures.csv 第 1 行 english 列", "measures.csv 第 1 行 name_en 列", "measures.csv 第 2 行 unit 列",
    ]  # fmt: skip


def test_a_missing_key_column_is_one_fault(folder: Path) -> None:
    text = (folder / "measures.csv").read_text(encoding="utf-8")
    (folder / "measures.csv").write_text(text.replace("measure,", "code,", 1), encoding="utf-8")
    assert [error.partition("：")[0] for error in errors(folder)] == [
        "measures.csv 第 1 行 code 列", "measures.csv 第 1 行 measure 列",
    ]  # fmt: skip


def test_a_cell_beyond_the_headings_is_named(folder: Path) -> None:
    lines = (folder / "sources.csv").read_text(encoding="utf-8").splitlines()
    lines[1] += ",one,more"
    (folder / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (error,) = errors(folder)
    assert error.startswith("sources.csv 第 2 行 12 列：“one、more”")


def test_a_comma_that_was_not_quoted_is_one_fault(folder: Path) -> None:
    text = (folder / "departments.csv").read_text(encoding="utf-8")
    (folder / "departments.csv").write_text(text.replace("文化广电新闻", "文化,广电", 1), encoding="utf-8")
    (error,) = errors(folder)
    assert error.startswith("departments.csv 第 7 行 6 列")


def test_rows_are_counted_as_a_spreadsheet_does(folder: Path) -> None:
    text = (folder / "frameworks.csv").read_text(encoding="utf-8")
    text = text.replace("工作目录（5/15/62", '"工作目录\n（5/15/62', 1).replace("C 候选。\n", 'C 候选。"\n', 1)
    (folder / "frameworks.csv").write_text(text.replace("1/5/16", "1/5/17"), encoding="utf-8")
    (error,) = errors(folder)
    assert error.startswith("frameworks.csv 第 3 行 shape 列")


@pytest.mark.parametrize("file", ["measures.csv", "departments.csv", "facets.csv", "places.csv", "definitions.csv"])
@pytest.mark.parametrize("how", ["gone", "gbk", "unclosed"])
def test_a_file_that_cannot_be_read_is_one_fault(folder: Path, file: str, how: str) -> None:
    path = folder / file
    if how == "gone":
        path.unlink()
    elif how == "gbk":
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    else:
        path.write_text(path.read_text(encoding="utf-8") + 'x,"no end', encoding="utf-8")
    (error,) = errors(folder)
    assert error.startswith(f"{file}：")


def test_a_missing_folder_is_one_fault(tmp_path: Path) -> None:
    (error,) = errors(tmp_path / "nothing")
    assert "没有这个文件夹" in error


@pytest.mark.parametrize(
    ("file", "key"), [("measures.csv", "measure"), ("departments.csv", "department"), ("definitions.csv", "definition")]
)
def test_an_empty_key_is_one_fault_however_often_it_is_referred_to(folder: Path, file: str, key: str) -> None:
    change(folder, file, lambda rows: rows[1].update({key: ""}))
    (error,) = errors(folder)
    assert error.startswith(f"{file} 第 3 行 {key} 列")


def test_a_row_that_is_missing_is_told_once_for_each_column_that_names_it(folder: Path) -> None:
    change(folder, "departments.csv", lambda rows: rows.remove(row(department="edu")(rows)))
    found = errors(folder)
    assert [error.partition("：")[0] for error in found] == [
        "targets.csv 第 2 行 supporting 列", "targets.csv 第 3 行 lead 列",
        "forms.csv 第 2 行 department 列", "responsibilities.csv 第 2 行 department 列",
    ]  # fmt: skip
    assert all("另有" in error for error in found)


def test_figures_in_full_width_and_chinese_words_and_dates_are_understood(folder: Path) -> None:
    change(folder, "targets.csv", put(first, value="１２．０", valid_from="2016年11月10日", direction="越高越好"))
    change(folder, "form_items.csv", put(first, required="否", high="６０", evidence="是"))
    change(folder, "calendar.csv", put(first, opens="2011/1/15"))
    assert read(folder).content_hash == read(STARTER).content_hash


def test_every_mistake_of_every_file_is_told_in_one_pass(folder: Path) -> None:
    change(folder, "places.csv", lambda rows: rows[4].update(valid_from="yesterday"))
    change(folder, "measures.csv", lambda rows: rows[0].update(unit="斤两"))
    change(folder, "formulas.csv", lambda rows: rows[0].update(expression="pg_sleep(1)"))
    assert [error.partition("：")[0] for error in errors(folder)] == [
        "places.csv 第 6 行 valid_from 列", "measures.csv 第 2 行 unit 列", "formulas.csv 第 2 行 expression 列",
    ]  # fmt: skip


def test_a_refused_catalogue_says_how_many_errors_there_are(folder: Path) -> None:
    change(folder, "places.csv", lambda rows: rows[4].update(valid_from="yesterday"))
    with pytest.raises(CatalogueRefused, match=r"1 error\(s\) in the catalogue, nothing was loaded"):
        read(folder)
