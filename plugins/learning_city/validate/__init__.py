"""Checks what was collected against the rules in ``expectations/``; bad data becomes findings, never errors."""
