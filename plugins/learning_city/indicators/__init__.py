"""Computes indicators from reconciled values by the catalogue's formulas, all places in one statement."""
