"""Both languages say everything that the templates ask for, with the same values in it."""

import re
from pathlib import Path
from string import Formatter

import pytest

from learning_city.model.finding import Severity
from learning_city.web import words
from learning_city.web.rights import ROLES

WEB = Path(words.__file__).parent
SOURCES = [*sorted(WEB.glob("templates/*.html")), *sorted(WEB.glob("*.py"))]
ASKED = re.compile(r"""(?:\bt|\bsay)\(\s*["']([^"'~]+)["']\s*[,)]""")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_word_that_is_asked_for_exists(source: Path) -> None:
    asked = set(ASKED.findall(source.read_text(encoding="utf-8")))
    assert not asked - set(words.WORDS)


@pytest.mark.parametrize("key", words.WORDS)
def test_both_languages_are_there_and_take_the_same_values(key: str) -> None:
    chinese, english = words.WORDS[key]
    assert chinese
    assert english
    assert fields(chinese) == fields(english)


@pytest.mark.parametrize("key", words.WORDS)
def test_chinese_takes_full_width_punctuation(key: str) -> None:
    assert not HALF_WIDTH.search(words.WORDS[key][0])


@pytest.mark.parametrize(
    "key", [key for key in words.WORDS if not key.startswith("synthetic") and not key.startswith("demo")]
)
def test_english_holds_no_chinese(key: str) -> None:
    assert not CHINESE.search(words.WORDS[key][1])


def test_roles_and_severities_have_words() -> None:
    assert {f"role.{role}" for role in ROLES} | {f"severity.{severity}" for severity in Severity} <= set(words.WORDS)


def test_a_code_of_an_open_list_without_words_is_shown_as_it_is() -> None:
    assert words.say("zh", "cause.something_new") == "something_new"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("fr-FR,fr", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr;q=0.9,en;q=0.3,zh;q=0.5", "zh"),
        ("en;q=0,zh;q=0.1", "zh"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_the_language_a_browser_prefers(header: str, language: str) -> None:
    assert words.preferred(header) == language


@pytest.mark.parametrize(
    ("lang", "why", "end"),
    [
        ("zh", "已电话核对。", "：已电话核对。"),
        ("zh", "已电话核对", "：已电话核对。"),
        ("zh", "checked.", "：checked。"),
        ("en", "Checked by phone.", ": Checked by phone."),
        ("en", "see the rest...", ": see the rest...."),
        ("en", "已电话核对。", ": 已电话核对。"),
    ],
)
def test_a_reason_that_ends_in_a_full_stop_gets_no_second_one(lang: str, why: str, end: str) -> None:
    said = words.say(lang, "defs.ruled", who="李", when="2017-05-01", letter="B", value="104", why=why)
    assert said.endswith(end)
