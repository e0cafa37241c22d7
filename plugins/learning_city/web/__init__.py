"""The data office's pages: whole pages at their own addresses, which also open inside Airflow.

Airflow says who somebody is, ``app.grant`` says what he may do. One module per page (query and
route); ``rights`` and ``words`` know neither Airflow nor a database.
"""
