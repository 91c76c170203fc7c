"""`cleaner clean`."""

import gc
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner import batch
from cleaner.clean import Cleaner
from cleaner.cli.options import Also, Ignore, RuleFolders, Select, Strict, all_rules, names
from cleaner.cli.output import emit, emit_diff, say
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, Source, find_sources
from cleaner.report.diff import unified_diff

STDIN = Path("-")


class FormatName(StrEnum):
    """What a file holds."""

    auto = "auto"
    txt = "txt"
    html = "html"
    jsonl = "jsonl"


class Report(StrEnum):
    """Which report a run writes."""

    diff = "diff"
    none = "none"


def clean(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders; - reads stdin.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="Write clean texts and the account of them here.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print what would go as a unified diff, write nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Name what would go, write nothing; exit 1 if any.")] = False,
    in_place: Annotated[bool, typer.Option("--in-place", help="Rewrite the files; exit 1 if one changed.")] = False,
    report: Annotated[Report, typer.Option(help="With -o: the diff report.")] = Report.diff,
    form: Annotated[
        FormatName, typer.Option("--format", help="What the files hold, if not what they end in.")
    ] = FormatName.auto,
    text_field: Annotated[str, typer.Option(help="Field of a record that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field that holds the id.")] = "id",
    url_field: Annotated[str, typer.Option(help="Field that holds the url.")] = "url",
    left_out: Annotated[
        bool, typer.Option("--left-out", help="Of pages, also tell each line that is not in the article, and why.")
    ] = False,
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Of folders, read only files like this.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Of folders, leave out files like this.")
    ] = None,
    select: Select = None,
    ignore: Ignore = None,
    strict: Strict = False,
    also: Also = None,
    tidy: Annotated[bool, typer.Option("--tidy", help="Also remove trailing spaces and surplus blank lines.")] = False,
    rules: RuleFolders = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No summary on stderr.")] = False,
) -> None:
    """Clean articles: .txt, .html, .htm, and .jsonl with one article a line.

    One file goes to stdout: cleaner clean article.txt > clean.txt

    Many go to a folder: cleaner clean scraped/ -o cleaned
    """
    if sum((out is not None, diff or check, in_place)) > 1:
        raise CleanerError("-o, --in-place and --diff/--check exclude each other: choose one")
    if in_place and STDIN in paths:
        raise CleanerError("-: standard input cannot be rewritten in place")
    forced = None if form is FormatName.auto else FORMATS[form.value]
    sources = find_sources(
        [path for path in paths if path != STDIN],
        Choice(SUFFIXES, forced, names(include), names(exclude), out),
        FORMATS["txt"],
    )
    if STDIN in paths:
        sources.append(Source(STDIN, "stdin", forced or FORMATS["txt"], sys.stdin.buffer.read()))
    options: dict[str, Any] = {
        "select": names(select),
        "ignore": names(ignore),
        "strict": strict,
        "also": names(also),
        "tidy": tidy,
    }
    job = batch.Job(Cleaner(all_rules(rules), **options), Fields(text_field, id_field, url_field, left_out), say)
    gc.enable()
    if out:
        noted = options | {"text_field": text_field, "report": report.value}
        batch.clean_into(out, sources, job, noted, report=report is Report.diff)
        found = False
    elif in_place:
        found = _in_place(sources, job)
    elif diff or check:
        found = _look(sources, job, diff=diff, check=check) and check
    else:
        found = _to_stdout(sources, job)
    if not quiet:
        say(f"cleaner: {job.totals}")
    raise typer.Exit(2 if job.totals.troubled or job.failures else int(found))


def _to_stdout(sources: Sequence[Source], job: batch.Job) -> bool:
    if len(sources) != 1:
        raise CleanerError(f"{len(sources)} files have no place on stdout: add -o OUT, --diff, --check or --in-place")
    for cleaned in job.clean(sources[0]):
        emit(cleaned.after)
    return False


def _look(sources: Sequence[Source], job: batch.Job, *, diff: bool, check: bool) -> bool:
    found = False
    for source in sources:
        for cleaned in job.clean_or_tell(source):
            found = found or cleaned.changes
            if diff and cleaned.result:
                emit_diff(unified_diff(cleaned.result, batch.header(source, cleaned)))
            elif check:
                emit(
                    "".join(f"{line}\n" for line in batch.findings(source, cleaned)).encode("utf-8", "backslashreplace")
                )
    return found


def _in_place(sources: Sequence[Source], job: batch.Job) -> bool:
    changed = [source for source in sources if job.rewrite_or_tell(source)]
    for source in changed:
        say(f"cleaned {source.path}")
    return bool(changed)
