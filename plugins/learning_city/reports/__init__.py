"""Publishes what was computed: indicator workbook, attainment, annexes."""
