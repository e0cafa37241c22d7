"""Registers what departments and yearbooks delivered. Files are archived unchanged; nothing is judged here."""
