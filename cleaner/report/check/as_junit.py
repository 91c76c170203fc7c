"""JUnit XML: a suite for each file with findings, in it a test case for each text or record with some."""

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

import regex

from cleaner.report.check.finding import Finding, printed

_NO_XML = regex.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
HELD = 1 << 20  # bytes of test cases held in memory; more go to a file without a name


@dataclass(slots=True)
class _Suite:
    """What the start tag of a suite says, and how many bytes its test cases take."""

    name: str
    tests: int = 0
    failures: int = 0
    errors: int = 0
    size: int = 0


def pieces(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the document; its start tags count what follows, so test cases wait until the last one is there."""
    suites = []
    with tempfile.SpooledTemporaryFile(max_size=HELD) as cases:
        for file, group in itertools.groupby(findings, key=lambda finding: finding.file):
            suite = _Suite(file)
            for _, of_record in itertools.groupby(group, key=lambda finding: (finding.record, finding.id)):
                data = _case(suite, list(of_record)).encode()
                cases.write(data)
                suite.size += len(data)
            suites.append(suite)
        cases.seek(0)
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        counts = (sum(getattr(suite, key) for suite in suites) for key in ("tests", "failures", "errors"))
        yield _tag("testsuites", "cleaner", *(counts if suites else (1, 0, 0)))
        for suite in suites:
            yield _tag("testsuite", suite.name, suite.tests, suite.failures, suite.errors)
            end = cases.tell() + suite.size
            while cases.tell() < end:
                yield cases.readline().decode()
            yield "</testsuite>\n"
    if not suites:
        yield _tag("testsuite", "cleaner", 1, 0, 0)
        yield '<testcase name="nothing found" classname="cleaner"/>\n</testsuite>\n'
    yield "</testsuites>\n"


def _tag(tag: str, name: str, tests: int, failures: int, errors: int) -> str:
    return f'<{tag} name={_quoted(name)} tests="{tests}" failures="{failures}" errors="{errors}">\n'


def _case(suite: _Suite, found: list[Finding]) -> str:
    """Return the test case of a text or record, and count it."""
    first = found[0]
    removals, troubles = ([one for one in found if bool(one.rules) is wanted] for wanted in (True, False))
    suite.tests += 1
    suite.failures += bool(removals)
    suite.errors += bool(troubles)
    name = f"record {first.record}" + (f" ({first.id})" if first.id else "") if first.record else first.file
    inside = [_problem("error", one.message, [one]) for one in troubles]
    if removals:
        count = len(removals)
        inside.append(_problem("failure", f"{count} finding{'s' if count > 1 else ''}", removals))
    return f"<testcase name={_quoted(name)} classname={_quoted(first.file)}>\n{''.join(inside)}</testcase>\n"


def _problem(tag: str, message: str, found: list[Finding]) -> str:
    body = "\n".join(f"{one.where}: {one.message}" for one in found)
    return f"<{tag} message={_quoted(message)} type={_quoted(found[0].rule)}>{_escaped(body)}</{tag}>\n"


def _quoted(text: str) -> str:
    return f'"{_escaped(printed(text))}"'


def _escaped(text: str) -> str:
    """Return a text as XML has it; what XML cannot hold is written as an escape of Python."""
    return escape(_NO_XML.sub(lambda match: match[0].encode("unicode_escape").decode(), text))
