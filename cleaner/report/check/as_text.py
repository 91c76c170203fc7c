"""A line for each removal: `file:line:column: rule: text`. Trouble is on stderr alone."""

from collections.abc import Iterable, Iterator

from cleaner.report.check.finding import Finding


def pieces(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line for each removal."""
    for finding in findings:
        if finding.rules:
            yield f"{finding.where}: {finding.message}\n"
