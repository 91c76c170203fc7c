"""`cleaner clean`."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner.batch.one import Job, out_of
from cleaner.batch.work import header
from cleaner.clean import CleanResult
from cleaner.cli.check import OutputFile, OutputFormat, check_files, refuse_output
from cleaner.cli.options import cleaner_of, configured, fields_of
from cleaner.cli.output import emit, has_colour, on_terminal, paged, read_stdin, say
from cleaner.cli.report import PAGE
from cleaner.cli.unused import tell_unused
from cleaner.config import Settings
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Format, Source, find_sources
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


@configured
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
    output_format: OutputFormat = None,
    output_file: OutputFile = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Rewrite the files; exit 1 if one changed.")] = False,
    report: Annotated[
        Report, typer.Option(help="With -o: report.html and report.diff, only report.diff, or none.")
    ] = Report.html,
    ledger: Annotated[
        LedgerKind, typer.Option(help="With -o: rows of what was removed, Dolma attribute files, or none.")
    ] = LedgerKind.rows,
    form: Annotated[
        FormatName,
        typer.Option("--format", metavar="NAME", show_default=False, help=f"Read files as {', '.join(FORMATS)}."),
    ] = _AUTO,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="Of pages, also tell each line that is not in the article, and why.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("-j", "--jobs", min=1, metavar="N", help="With -o: worker processes; by default one a core."),
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="With -o: throw away what is in OUT, clean anew.")] = False,
    max_errors: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="With -o: stop when more records than this are broken.")
    ] = None,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Do not prove each clean record before it is written.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With -o: print the counts of the run as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no summary on stderr.")] = False,
    *,
    settings: Settings,
) -> None:
    """Clean articles. Reads text, pages, JSON, tables, Parquet and web archives, compressed or not.

    cleaner clean article.txt > clean.txt     one to stdout
    cleaner clean scraped/ -o cleaned         many into a folder
    cleaner clean article.txt --diff          what would go
    """
    if sum((out is not None, diff or check, in_place)) > 1:
        raise CleanerError("-o, --in-place and --diff/--check exclude each other: choose one")
    refuse_output(output_format, output_file, check=check and not diff)
    if in_place and STDIN in paths:
        raise CleanerError("-: standard input cannot be rewritten in place")
    sources = _sources(paths, settings, None if form.value == AUTO else FORMATS[form.value], out)
    fields = fields_of(settings, left_out=left_out)
    job = Job(cleaner_of(settings), fields, say, verify=not no_verify, ignores=settings.per_file_ignores)
    gc.freeze()  # what is loaded stays: the first collection does not go through it
    gc.enable()
    if out:
        from cleaner.cli.run import run  # noqa: PLC0415  a single file never pays for processes

        how = {"report": report is not Report.none, "ledger": ledger.value, "jobs": jobs, "restart": restart}
        page = out / PAGE if report is Report.html and ledger is LedgerKind.rows else None
        options = _options(settings, job)
        run(out, sources, job, options, how | {"max_errors": max_errors}, page=page, quiet=quiet, as_json=as_json)
        found = False
    elif in_place:
        found = _in_place(sources, job)
    elif diff:
        found = _look(sources, job) and check
    elif check:
        found = check_files(sources, job, output_format, output_file)
    else:
        found = _to_stdout(sources, job)
    if not quiet:
        tell_unused(sources, job, settings, whole=out is not None or any(map(os.path.isdir, paths)))
    if not quiet and not out:
        say(f"cleaner: {job.totals}")
    raise typer.Exit(2 if job.totals.troubled or job.failures else int(found))


def _sources(paths: Sequence[str], settings: Settings, forced: Format | None, out: Path | None) -> list[Source]:
    choice = Choice(SUFFIXES, forced, settings.include, settings.exclude, out)
    sources = find_sources([path for path in paths if path != STDIN], choice, FORMATS["txt"])
    if STDIN in paths:
        sources.append(Source(Path(STDIN), "stdin", forced or FORMATS["txt"], read_stdin()))
    return sources


def _options(settings: Settings, job: Job) -> dict[str, Any]:
    """Return what of the settings changes the output, and is neither a rule nor a field."""
    keys = ("select", "ignore", "strict", "also", "tidy", "time-limit", "guard", "per-file-ignores")
    told = {key.replace("-", "_"): settings.plain(key) for key in keys}
    return told | {"allow": job.cleaner.allow.sha256}


def _to_stdout(sources: Sequence[Source], job: Job) -> bool:
    if len(sources) != 1:
        raise CleanerError(f"{len(sources)} files have no place on stdout: add -o OUT, --diff, --check or --in-place")
    (source,) = sources
    if source.form.name == "parquet":
        raise CleanerError(f"{source}: a table has no place on stdout: add -o OUT, --diff or --check")
    for cleaned in job.clean(source):
        emit(out_of(source, cleaned))
    return False


def _look(sources: Sequence[Source], job: Job) -> bool:
    found, colour = False, has_colour()
    with paged() as write:
        for source in sources:
            for cleaned in job.clean_or_tell(source):
                found = found or cleaned.changes
                for result in cleaned.results:
                    _show_diff(result, header(source.name, source.form, result), write, colour=colour)
    return found


def _show_diff(result: CleanResult, name: str, write: Callable[[str], None], *, colour: bool) -> None:
    """Write a diff: to a file as `patch` wants it, to a terminal so that nothing in it steers."""
    if not colour and not on_terminal(sys.stdout):
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
