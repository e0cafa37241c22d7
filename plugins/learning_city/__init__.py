"""Learning City Monitor: from a department's workbook to a published indicator, traceably."""
