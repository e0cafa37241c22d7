"""The formats a report can be asked for, by code, with their names in Chinese and English."""

FORMATS: dict[str, tuple[str, str]] = {"xlsx": ("指标表工作簿（Excel）", "Indicator workbook (Excel)")}
"""Each has a writer of the same code in ``learning_city.reports.writers``."""
