from office import Office


def test_a_clean_workbook_has_no_findings(office: Office) -> None:
    for department in ("statistics", "edu", "culture_tourism"):
        office.deliver(department, office.ledger(department))
        office.check(department)
        assert office.findings(department) == [], department
