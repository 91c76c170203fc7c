"""Annotations of GitHub: workflow commands, which a runner reads in the log of a job.

How they are escaped: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from collections.abc import Iterable, Iterator

from cleaner.report.check.finding import Finding, from_here
from cleaner.report.diff import visible

_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def pieces(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a command for each finding."""
    for finding in findings:
        properties = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in _properties(finding))
        yield f"::error {properties}::{_escaped(f'{finding.where}: {finding.message}', _DATA)}\n"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "title", f"cleaner ({finding.rule})"
    yield "file", from_here(finding.file)
    start, end = finding.start, finding.end
    if start and end:
        yield "line", str(start.line)
        # Runners take columns only where the annotation is of one line.
        if start.line == end.line:
            yield "col", str(start.column)
        yield "endLine", str(end.line)
        if start.line == end.line:
            yield "endColumn", str(end.column)


def _escaped(text: str, signs: Iterable[tuple[str, str]]) -> str:
    for sign, escape in signs:
        text = text.replace(sign, escape)
    return visible(text)
