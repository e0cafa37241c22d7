"""The assets that carry the order of the year: submission → finding → acceptance → reconciled value → report."""

from airflow.sdk import Asset

SUBMISSIONS = Asset(name="submissions", uri="lcm://intake/submission")
FINDINGS = Asset(name="findings", uri="lcm://quality/finding")
ACCEPTANCES = Asset(name="acceptances", uri="lcm://quality/decision")
VALUES = Asset(name="reconciled_values", uri="lcm://warehouse/reconciled_value")
REPORTS = Asset(name="reports", uri="lcm://report/build")
