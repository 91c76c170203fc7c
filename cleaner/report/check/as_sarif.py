"""SARIF 2.1.0, which code scanning reads: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cleaner import __version__
from cleaner.model import category_of
from cleaner.report.check.encode import encode
from cleaner.report.check.finding import TROUBLE, Finding, from_here

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*://")
_RUN = {"columnKind": "unicodeCodePoints", "newlineSequences": ["\r\n", "\n", "\r"]}


def pieces(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the log, a result at a time; the rules that were hit stand behind them."""
    whys: dict[str, str] = {}
    prints = _Fingerprints()
    yield f'{{"$schema": {encode(_SCHEMA)}, "version": "2.1.0", "runs": [{{{encode(_RUN)[1:-1]}, "results": ['
    between = "\n"
    for finding in findings:
        whys.setdefault(finding.rule, finding.why)
        yield between + encode(_result(finding, prints.of(finding)))
        between = ",\n"
    rules = [_rule(rule, why) for rule, why in sorted(whys.items())]
    rest = {
        "invocations": [{"executionSuccessful": TROUBLE not in whys}],
        "tool": {"driver": {"name": "cleaner", "version": __version__, "rules": rules}},
    }
    yield f"\n], {encode(rest)[1:-1]}}}]}}\n"


def _rule(rule: str, why: str) -> dict[str, Any]:
    why = why or rule
    row = {"id": rule, "shortDescription": {"text": why}, "fullDescription": {"text": why}}
    if rule == TROUBLE:
        return row | {"help": {"text": "stderr and `docs/check.md` say more."}}
    return row | {
        "help": {"text": f"`cleaner rules show {rule}` prints the rule and its examples."},
        "properties": {"category": category_of(rule)},
    }


def _result(finding: Finding, fingerprint: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(finding.file)}}
    start, end = finding.start, finding.end
    if start and end:
        physical["region"] = {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        }
    unplaced = f"record {finding.record}: " if finding.record and not start else ""
    return {
        "ruleId": finding.rule,
        "level": "error",
        "message": {"text": unplaced + finding.message},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"junk/v1": fingerprint},
        "properties": _properties(finding),
    }


def _properties(finding: Finding) -> dict[str, Any]:
    given = {"rules": list(finding.rules), "record": finding.record, "id": finding.id, "field": finding.field}
    start, end = finding.span or (None, None)
    return {key: value for key, value in given.items() if value} | ({"start": start, "end": end} if end else {})


def uri(file: str) -> str:
    """Return the path of a file as the URI reference of an artifact: relative where it lies below here."""
    if _SCHEME.match(file):
        return quote(file, safe=":/?&=@+,;~!$'()*", errors="surrogatepass")
    path = Path(from_here(file))
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


class _Fingerprints:
    """Names findings so that they stay the same where lines around them come and go.

    Of equal ones in one record the later have a higher number, so only those of one record are kept in mind.
    """

    def __init__(self) -> None:
        self.within: tuple[str, ...] = ()
        self.seen: Counter[str] = Counter()

    def of(self, finding: Finding) -> str:
        """Return the fingerprint of the next finding."""
        within = (uri(finding.file), finding.id)
        if within != self.within:
            self.within, self.seen = within, Counter()
        parts = (*within, finding.field, finding.rule, " ".join(finding.text.split()))
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self.seen[digest] += 1
        return f"{digest}:{self.seen[digest]}"
