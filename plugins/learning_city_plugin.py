"""Registers the data office's pages with Airflow: one web app and one entry in the navigation."""

from airflow.plugins_manager import AirflowPlugin

from learning_city.web.app import create_app
from learning_city.web.rights import PREFIX


class LearningCityPlugin(AirflowPlugin):
    """The pages live at /data-office/ and open inside Airflow's own frame as well."""

    name = "learning_city"
    fastapi_apps = [  # noqa: RUF012 - Airflow reads class attributes
        {"app": create_app(), "url_prefix": PREFIX, "name": "Data office"}
    ]
    external_views = [  # noqa: RUF012
        {
            "name": "数据办 / Data office",
            "href": f"{PREFIX[1:]}/",
            "destination": "nav",
            "nav_top_level": True,
            "url_route": "data-office",
            "icon": f"{PREFIX[1:]}/static/icon.svg",
        }
    ]
