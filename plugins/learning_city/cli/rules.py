"""``lcm rules``: the validation rules, and whether they can be right."""

import typer
from rich.console import Console

from learning_city.catalogue.read import read
from learning_city.cli import office

app = typer.Typer(no_args_is_help=True, help="审核规则 / validation rules")
console = Console(soft_wrap=True, highlight=False)


@app.callback()
def rules() -> None:
    """审核规则 / validation rules."""


@app.command("check")
def rules_check() -> None:
    """检查规则 / refuse what is not plain data or says no reason; name contradictions and rules that can never fire."""
    from learning_city.validate import rule_data, rule_faults, suites

    loaded: dict[str, suites.Suite] = {}
    found: list[str] = []
    for name in sorted({*rule_faults.NEEDED, *(path.stem for path in suites.FOLDER.glob("*.json"))}):
        try:
            loaded[name] = suites.read(name, suites.FOLDER)
        except rule_data.RulesRefused as refused:
            found += refused.found
    found += rule_faults.faults(loaded, read(office.STARTER).tables["form_item"])
    if found:
        raise rule_data.RulesRefused(*found)
    for name, suite in loaded.items():
        console.print(f"✓ {name}.json: {len(suite.rules)} 条规则 rules")
