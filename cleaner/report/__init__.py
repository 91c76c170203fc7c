"""A CleanResult as rows, as a unified diff, and in totals."""
