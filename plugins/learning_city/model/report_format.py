"""The formats a report can be asked for, by code, with their names in Chinese and English."""

FORMATS: dict[str, tuple[str, str]] = {
    "xlsx": ("指标表工作簿（Excel）", "Indicator workbook (Excel)"),
    "sdmx": ("SDMX-CSV 2.0 与结构文件", "SDMX-CSV 2.0 with its structure"),
    "parquet": ("Parquet 数据表与数据字典", "Parquet tables with a data dictionary"),
    "docx": ("监测报告，每个城市一份（Word）", "Monitoring report, one per city (Word)"),
    "html": ("监测报告，一个网页文件（HTML）", "Monitoring report, one page (HTML)"),
}
"""Each has a writer of the same code in ``learning_city.reports.writers``."""
