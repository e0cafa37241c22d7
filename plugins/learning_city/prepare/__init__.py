"""Opens rounds, says who owes what by when, and issues the workbooks that departments fill in."""
