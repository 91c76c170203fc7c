"""Many files through one cleaner: into a folder with the account of it, back again, or in place."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from cleaner import __version__
from cleaner.clean import Cleaner, CleanResult
from cleaner.errors import CleanerError
from cleaner.model import Rule
from cleaner.records import FORMATS, Fields, Record, Source, UnreadableError, reading
from cleaner.report import ledger
from cleaner.report.diff import unified_diff, visible
from cleaner.report.totals import Totals

SHOWN = 100  # characters of a removal that --check prints


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A record, what the cleaner made of it, and the bytes it becomes."""

    record: Record
    result: CleanResult | None
    after: bytes

    @property
    def trouble(self) -> str:
        """Why the record is as it was, or ""."""
        return self.record.problem or (self.result.trouble if self.result else "")

    @property
    def changes(self) -> bool:
        """Whether something of the record goes."""
        return bool(self.result and self.result.removals)


class Job:
    """A cleaner at work on files: which fields it reads, whom it tells of trouble, and what it has done so far.

    Args:
        cleaner: the rules.
        fields: where a record holds its text, id and url.
        tell: called with a line for each record, and each file, that stays as it is.
    """

    def __init__(self, cleaner: Cleaner, fields: Fields, tell: Callable[[str], None]) -> None:
        self.cleaner, self.fields, self.tell = cleaner, fields, tell
        self.totals = Totals()
        self.failures = 0

    def clean(self, source: Source) -> Iterator[Cleaned]:
        """Clean every record of a file; one in trouble goes out as it came in.

        Raises:
            CleanerError: the file cannot be read.
        """
        with source.open() as file:
            for record in _read(source, file, self.fields, self.cleaner.rules):
                cleaned = self._clean_record(source, record)
                self.totals.add(record, cleaned.result)
                if cleaned.trouble:
                    self.tell(f"{place(source, cleaned)}: {cleaned.trouble}")
                yield cleaned

    def _clean_record(self, source: Source, record: Record) -> Cleaned:
        if record.document is None:
            return Cleaned(record, None, source.form.broken(record))
        result = replace(self.cleaner.clean_document(record.document), pruned=record.pruned)
        return Cleaned(record, result, source.form.write(record, result))

    def clean_or_tell(self, source: Source) -> Iterator[Cleaned]:
        """Clean every record of a file; tell of one that cannot be read."""
        try:
            yield from self.clean(source)
        except CleanerError as error:
            self.failures += 1
            self.tell(str(error))

    def rewrite_or_tell(self, source: Source) -> bool:
        """Clean a file where it lies, and return whether it changed. A link stays a link, its target is rewritten."""
        if source.form.name == "html":
            self.failures += 1
            self.tell(f"{source.path}: a page cannot be rewritten in place as text: use -o OUT")
            return False
        before = self.failures
        pieces = [(cleaned.record.raw, cleaned.after) for cleaned in self.clean_or_tell(source)]
        if self.failures > before or all(raw == after for raw, after in pieces):
            return False
        try:
            with written(Path(os.path.realpath(source.path))) as file:
                file.writelines(after for _, after in pieces)
        except CleanerError as error:
            self.failures += 1
            self.tell(str(error))
            return False
        return True


def _read(source: Source, file: BinaryIO, fields: Fields, rules: tuple[Rule, ...]) -> Iterator[Record]:
    records = source.form.read(file, source.name, fields, rules)
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except OSError as error:
            raise UnreadableError(f"{source.path}: cannot be read: {error.strerror}") from error
        yield record


def place(source: Source, cleaned: Cleaned) -> str:
    """Name a record for a message: the file, and the line where a file holds several."""
    return f"{source.path}:{cleaned.record.number}" if source.form.name == "jsonl" else str(source.path)


def header(source: Source, cleaned: Cleaned) -> str:
    """Name a record in a diff: the file, and the id where a file holds several."""
    many = source.form.name == "jsonl" and cleaned.result
    return f"{source.name}#{cleaned.result.document.id}" if many and cleaned.result else source.name


def findings(source: Source, cleaned: Cleaned) -> Iterator[str]:
    """Yield a line for each removal: file:line:column: rules: text. Lines of a record in a dump count in its text."""
    result = cleaned.result
    for removal in result.removals if result else ():
        text = result.document.text if result else ""
        line_start = text.rfind("\n", 0, removal.start) + 1
        where = f"{text.count(chr(10), 0, removal.start) + 1}:{removal.start - line_start + 1}"
        removed = " ".join(text[removal.start : removal.end].split())
        shown = removed if len(removed) <= SHOWN else f"{removed[: SHOWN - 1]}…"
        yield visible(f"{place(source, cleaned)}:{where}: {', '.join(removal.rules)}: {shown}")


@contextlib.contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears under its name only when it is whole.

    Raises:
        CleanerError: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".cleaner-", dir=path.parent)
    except OSError as error:
        raise CleanerError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with open(handle, "wb") as file:
            yield file
        os.chmod(name, path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        os.replace(name, path)
    except OSError as error:
        raise CleanerError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def clean_into(out: Path, sources: Sequence[Source], job: Job, options: dict[str, Any], *, report: bool) -> None:
    """Write OUT/clean, OUT/removals, OUT/pages, OUT/report.diff and OUT/run.json.

    Args:
        out: the output folder; one that holds other things than an earlier run is refused.
        sources: the files.
        job: the cleaner at work.
        options: what the user asked for; kept in run.json.
        report: whether to write report.diff.

    Raises:
        CleanerError: OUT is no place for a run, or cannot be written.
    """
    _check_names(sources)
    _check_outside(sources, out)
    _make_way(out)
    head = {"version": __version__, "rules": rules_hash(job.cleaner.rules), "options": options}
    _note(out, head | {"complete": False, "files": []})  # from here on the folder is ours, whatever happens
    files = []
    with written(out / "report.diff") if report else contextlib.nullcontext() as diff:
        for source in sources:
            try:
                files.append(_clean_into(out, source, job, diff))
            except CleanerError as error:
                job.failures += 1
                job.tell(str(error))
    counts = job.totals.as_dict() | {"failed_files": job.failures}
    _note(out, head | {"complete": True, "counts": counts, "files": files})


def _note(out: Path, summary: dict[str, Any]) -> None:
    with written(out / "run.json") as file:
        file.write((json.dumps(summary, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def _clean_into(out: Path, source: Source, job: Job, diff: BinaryIO | None) -> dict[str, Any]:
    name, digest, records = clean_name(source), hashlib.sha256(), 0
    with (
        written(out / "clean" / name) as clean,
        written(out / "removals" / f"{name}.jsonl") as removals,
    ):
        for cleaned in job.clean(source):
            digest.update(cleaned.record.raw)
            clean.write(cleaned.after)
            removals.writelines(map(ledger.encode, ledger.rows(source.form, cleaned.record, cleaned.result)))
            if diff and cleaned.result:
                diff.write(unified_diff(cleaned.result, header(source, cleaned)).encode("utf-8", "backslashreplace"))
            records += 1
            if source.form.name == "html":
                with written(out / "pages" / source.name) as page:
                    page.write(cleaned.record.raw)
    return {"name": source.name, "format": source.form.name, "records": records, "sha256": digest.hexdigest()}


def clean_name(source: Source) -> str:
    """Name of a source's clean file; a page becomes a text."""
    return source.name + ".txt" if source.form.name == "html" else source.name


def _check_names(sources: Sequence[Source]) -> None:
    seen: dict[str, Source] = {}
    for source in sources:
        first = seen.setdefault(clean_name(source), source)
        if first is not source:
            raise CleanerError(f"{first.path} and {source.path} would both be written as clean/{clean_name(source)}")


def _check_outside(sources: Sequence[Source], out: Path) -> None:
    root = Path(os.path.realpath(out))
    inside = [source.path for source in sources if Path(os.path.realpath(source.path)).is_relative_to(root)]
    if inside:
        raise CleanerError(f"{inside[0]}: lies in the output folder {out}: give another folder to -o")


def _make_way(out: Path) -> None:
    """Clear what an earlier run left in the output folder, and nothing else."""
    if out.exists() and not out.is_dir():
        raise CleanerError(f"{out}: is a file; -o wants a folder")
    try:
        ours = {"clean", "removals", "pages", "report.diff", "run.json"}
        held = {entry.name for entry in out.iterdir()} if out.exists() else set()
        if held - ours or (held and not _is_run(out)):
            raise CleanerError(f"{out}: is not empty and holds no earlier run: give another folder, or empty this one")
        (out / "run.json").unlink(missing_ok=True)
        for name in ours & held - {"run.json"}:
            target = out / name
            shutil.rmtree(target) if target.is_dir() and not target.is_symlink() else target.unlink()
    except OSError as error:
        raise CleanerError(f"{out}: cannot be written: {error.strerror}") from error


def _is_run(out: Path) -> bool:
    try:
        return set(json.loads((out / "run.json").read_bytes())) >= {"version", "rules", "files"}
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def rules_hash(rules: Sequence[Rule]) -> str:
    """Return a hash of all that decides what the rules remove."""
    told = {"why", "examples", "source"}
    rows = [
        {key: value for key, value in asdict(rule).items() if key not in told}
        for rule in sorted(rules, key=lambda rule: rule.id)
    ]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def restore(out: Path, back: Path) -> int:
    """Rebuild every original of a run, and return how many files that were.

    Raises:
        CleanerError: `out` holds no run, or a file in it was changed since.
    """
    try:
        summary = json.loads((out / "run.json").read_text(encoding="utf-8"))
        files = [(_inside(entry["name"]), FORMATS[entry["format"]], entry["sha256"]) for entry in summary["files"]]
    except FileNotFoundError as error:
        raise CleanerError(f"{out}: holds no run.json, so it is not the output of `cleaner clean -o`") from error
    except (ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise CleanerError(f"{out / 'run.json'}: is not what `cleaner clean -o` wrote: {error}") from error
    if not summary.get("complete"):
        raise CleanerError(f"{out}: the run was stopped before its end: run `cleaner clean -o` again")
    if Path(os.path.realpath(back)).is_relative_to(os.path.realpath(out)):
        raise CleanerError(f"{back}: lies in {out}, which the restored files would overwrite: give another folder")
    taken = [back / name for name, _, _ in files if os.path.lexists(back / name)]
    if taken:
        raise CleanerError(f"{taken[0]}: exists already: give a folder that does not hold it")
    for name, form, wanted in files:
        digest = hashlib.sha256()
        with contextlib.ExitStack() as stack:
            target = stack.enter_context(written(back / name))
            try:
                for chunk in _original(out, name, form.name, stack):
                    digest.update(chunk)
                    target.write(chunk)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise CleanerError(f"{name}: cannot be restored: {error}") from error
            if digest.hexdigest() != wanted:
                raise CleanerError(f"{name}: cannot be restored: {out} was changed since the run")
    return len(files)


def _inside(name: object) -> str:
    path = PurePosixPath(str(name))
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in path.as_posix():
        raise ValueError(f"the name {name!r} leads out of the folder")
    return path.as_posix()


def _original(out: Path, name: str, form: str, stack: contextlib.ExitStack) -> Iterator[bytes]:
    if form == "html":
        yield stack.enter_context(reading(out / "pages" / name)).read()
        return
    clean = stack.enter_context(reading(out / "clean" / name))
    rows = map(json.loads, stack.enter_context(reading(out / "removals" / f"{name}.jsonl")))
    yield from FORMATS[form].restore(clean, rows)
