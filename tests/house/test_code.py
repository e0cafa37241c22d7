"""House rules of the code: small modules, small functions, no room for odds and ends."""

import ast
from pathlib import Path

import pytest

from learning_city.model.home import CHECKOUT

PLUGINS = CHECKOUT / "plugins"
MODULES = sorted(path for path in PLUGINS.rglob("*.py") if "__pycache__" not in path.parts)
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION = 250, 30


def name(path: Path) -> str:
    return str(path.relative_to(PLUGINS))


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_module_is_read_in_one_sitting(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_MODULE


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_function_fits_a_screen_and_nothing_prints(module: Path) -> None:
    long, printing = [], []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            long += [f"{node.name}: {lines} lines"] if lines > LINES_OF_A_FUNCTION else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "pprint"):
            printing.append(f"line {node.lineno}")
    assert (long, printing) == ([], [])


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    odd = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
    everywhere = [*MODULES, *(CHECKOUT / "tests").rglob("*.py"), *(CHECKOUT / "dags").rglob("*.py")]
    assert [str(path) for path in everywhere if path.stem in odd or odd & set(path.relative_to(CHECKOUT).parts)] == []


def test_every_room_says_at_its_door_what_it_is_for() -> None:
    silent = [name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_the_package_is_hidden_from_airflows_plugin_loader() -> None:
    ignored = (PLUGINS / ".airflowignore").read_text(encoding="utf-8").split()
    assert [f"{path.parent.name}/" for path in PLUGINS.glob("*/__init__.py")] == ignored


def test_the_lock_pins_every_package_by_hash_and_names_no_registry() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    for host in ("://", "index-url", "find-links", "@ file"):
        assert host not in lock, host
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert [line for line in pinned if "==" not in line] == []
