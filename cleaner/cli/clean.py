"""`cleaner clean`."""

import contextlib
import gc
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner.batch.one import Job, findings, out_of
from cleaner.batch.work import header
from cleaner.clean import TIME_LIMIT, Cleaner, CleanResult
from cleaner.cli.options import AllowFile, Also, Ignore, RuleFolders, Select, Strict, all_rules, allowed, names
from cleaner.cli.output import emit, has_colour, paged, say
from cleaner.cli.report import PAGE
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, Source, find_sources
from cleaner.report.diff import unified_diff

STDIN = "-"

AUTO = "auto"
FormatName = StrEnum("FormatName", [AUTO, *FORMATS])  # type: ignore[misc]
_AUTO = FormatName(AUTO)


class Report(StrEnum):
    """Which report a run writes."""

    html = "html"
    diff = "diff"
    none = "none"


class LedgerKind(StrEnum):
    """Which account of removals a run keeps."""

    rows = "rows"
    dolma = "dolma"
    none = "none"


def clean(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files, folders or s3:// … URLs; - reads stdin.", show_default=False),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="Write clean texts and the account of them here.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print what would go as a unified diff, write nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Name what would go, write nothing; exit 1 if any.")] = False,
    in_place: Annotated[bool, typer.Option("--in-place", help="Rewrite the files; exit 1 if one changed.")] = False,
    report: Annotated[
        Report, typer.Option(help="With -o: report.html and report.diff, only report.diff, or none.")
    ] = Report.html,
    ledger: Annotated[
        LedgerKind, typer.Option(help="With -o: rows of what was removed, Dolma attribute files, or none.")
    ] = LedgerKind.rows,
    form: Annotated[FormatName, typer.Option("--format", help="What the files hold, if not what they end in.")] = _AUTO,
    text_field: Annotated[
        list[str] | None, typer.Option(help="Field or column that holds the text [default: text]; repeat for several.")
    ] = None,
    id_field: Annotated[str, typer.Option(help="Field that holds the id.")] = "id",
    url_field: Annotated[str, typer.Option(help="Field that holds the url.")] = "url",
    html_field: Annotated[
        str, typer.Option(help="Field or column that holds a page; its article goes to the text field.")
    ] = "",
    markup: Annotated[bool, typer.Option("--markup", help="Texts of records may hold tags and entities.")] = False,
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
    allow: AllowFile = None,
    jobs: Annotated[
        int | None, typer.Option("-j", "--jobs", min=1, help="With -o: worker processes [default: one a core].")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="With -o: throw away what is in OUT, clean anew.")] = False,
    max_errors: Annotated[
        int | None, typer.Option(min=0, help="With -o: stop when more records than this are broken.")
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=0.01, help="Seconds for one document; one that takes longer stays as it is.")
    ] = TIME_LIMIT,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Do not prove each clean record before it is written.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With -o: print the counts of the run as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no summary on stderr.")] = False,
) -> None:
    """Clean articles: .txt, .html, .jsonl, .json, .csv, .tsv, .parquet, .warc and .wet, also .gz, .bz2, .xz and .zst.

    One file goes to stdout: cleaner clean article.txt > clean.txt

    Many go to a folder: cleaner clean scraped/ -o cleaned
    """
    if sum((out is not None, diff or check, in_place)) > 1:
        raise CleanerError("-o, --in-place and --diff/--check exclude each other: choose one")
    if in_place and STDIN in paths:
        raise CleanerError("-: standard input cannot be rewritten in place")
    forced = None if form.value == AUTO else FORMATS[form.value]
    choice = Choice(SUFFIXES, forced, names(include), names(exclude), out)
    sources = find_sources([path for path in paths if path != STDIN], choice, FORMATS["txt"])
    if STDIN in paths:
        sources.append(Source(Path(STDIN), "stdin", forced or FORMATS["txt"], sys.stdin.buffer.read()))
    options: dict[str, Any] = {
        "select": names(select),
        "ignore": names(ignore),
        "strict": strict,
        "also": names(also),
        "tidy": tidy,
        "time_limit": time_limit,
    }
    first, *more = text_field or ["text"]
    fields = Fields(first, id_field, url_field, tuple(more), html=html_field, markup=markup, left_out=left_out)
    job = Job(Cleaner(all_rules(rules), allow=allowed(allow), **options), fields, say, verify=not no_verify)
    gc.enable()
    if out:
        from cleaner.cli.run import run  # noqa: PLC0415  a single file never pays for processes

        how = {"report": report is not Report.none, "ledger": ledger.value, "jobs": jobs, "restart": restart}
        options["allow"] = job.cleaner.allow.sha256
        page = out / PAGE if report is Report.html and ledger is LedgerKind.rows else None
        run(out, sources, job, options, how | {"max_errors": max_errors}, page=page, quiet=quiet, as_json=as_json)
        raise typer.Exit(2 if job.totals.troubled or job.failures else 0)
    if in_place:
        found = _in_place(sources, job)
    elif diff or check:
        found = _look(sources, job, diff=diff, check=check) and check
    else:
        found = _to_stdout(sources, job)
    if not quiet:
        say(f"cleaner: {job.totals}")
    raise typer.Exit(2 if job.totals.troubled or job.failures else int(found))


def _to_stdout(sources: Sequence[Source], job: Job) -> bool:
    if len(sources) != 1:
        raise CleanerError(f"{len(sources)} files have no place on stdout: add -o OUT, --diff, --check or --in-place")
    (source,) = sources
    if source.form.name == "parquet":
        raise CleanerError(f"{source}: a table has no place on stdout: add -o OUT, --diff or --check")
    for cleaned in job.clean(source):
        emit(out_of(source, cleaned))
    return False


def _look(sources: Sequence[Source], job: Job, *, diff: bool, check: bool) -> bool:
    found, colour = False, has_colour()
    with paged() if diff else contextlib.nullcontext(_emit_text) as write:
        for source in sources:
            for cleaned in job.clean_or_tell(source):
                found = found or cleaned.changes
                for result in cleaned.results if diff else ():
                    _show_diff(result, header(source.name, source.form, result), write, colour=colour)
                if check and not diff:
                    write("".join(f"{line}\n" for line in findings(source, cleaned)))
    return found


def _emit_text(text: str) -> None:
    emit(text.encode("utf-8", "backslashreplace"))


def _show_diff(result: CleanResult, name: str, write: Callable[[str], None], *, colour: bool) -> None:
    """Write a diff: to a file as `patch` wants it, to a terminal so that nothing in it steers."""
    if not sys.stdout.isatty():
        write(unified_diff(result, name))
        return
    from cleaner.report.terminal import coloured_diff  # noqa: PLC0415  only terminals need it

    for line in coloured_diff(result, name, colour=colour):
        write(line)


def _in_place(sources: Sequence[Source], job: Job) -> bool:
    changed = [source for source in sources if job.rewrite_or_tell(source)]
    for source in changed:
        say(f"cleaned {source}")
    return bool(changed)
