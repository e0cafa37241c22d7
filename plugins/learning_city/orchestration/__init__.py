"""What Airflow's tasks call: each step reads its home from the environment and returns ids or counts, never frames."""
