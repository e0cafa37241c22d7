"""Who lets people in: Airflow's simple manager with the home's own names, unless the office names another."""

import pytest

from learning_city.cli import airflow_service
from learning_city.model.home import Home

FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
SETTING = "AIRFLOW__CORE__AUTH_MANAGER"


def test_the_simple_manager_lets_in_where_nothing_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LCM_AUTH_MANAGER", raising=False)
    assert airflow_service.environment(home, 18901)[SETTING].endswith(".SimpleAuthManager")


def test_an_office_names_another_by_one_setting(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LCM_AUTH_MANAGER", FAB)
    monkeypatch.setenv(SETTING, "nobody.listens.to.this")
    assert airflow_service.environment(home, 18901)[SETTING] == FAB
