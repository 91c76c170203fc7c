"""Dumps: speed beside rivals, what the account costs, memory, kills, damage: python -m benchmarks.dumps [FIGURE...].

Prints a row for each figure: what was measured, its target, and whether it was reached. All that is compared runs in
turn in one run; medians. Rivals: ftfy and datatrove, where they are installed.
"""

import argparse
import bz2
import csv
import gzip
import importlib.util
import io
import json
import lzma
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import corpora
from cleaner import Cleaner
from cleaner.batch.work import Plan, Task, process
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, find_sources

ROOT = Path(__file__).resolve().parents[1]
QUIET = ("-q", "--report", "none")
RESUMED = ("a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.parquet")
DAMAGED = ("a.jsonl", "a.jsonl.gz", "a.json", "a.csv", "a.tsv", "a.parquet", "a.wet")
SHARE = 0.02
Article = dict[str, Any]


def command(*args: object) -> list[str]:
    """Return the command line of cleaner in this environment."""
    return [sys.executable, "-m", "cleaner", *map(str, args)]


def clean(source: Path, out: Path, *args: object) -> tuple[float, int]:
    """Clean into an empty folder, and return the seconds that took and the exit code."""
    shutil.rmtree(out, ignore_errors=True)
    started = time.perf_counter()
    done = subprocess.run(command("clean", source, "-o", out, *args), cwd=ROOT, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started, done.returncode


def clean_twice(source: Path, out: Path, *args: object) -> float:
    """Clean the same with two commands at once, and return the seconds until both are done."""
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        for number in range(2):
            threads.submit(clean, source, out / str(number), *args)
    return time.perf_counter() - started


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written_as(path: Path, articles: Sequence[Article]) -> Path:
    """Write articles in the format and compression that a name ends in."""
    stem = path.name.removesuffix(".gz").removesuffix(".bz2").removesuffix(".xz").removesuffix(".zst")
    data = b"".join(_records(stem, articles))
    path.write_bytes(_packed(path.suffix, _framed(stem, data, articles)))
    return path


def _records(name: str, articles: Sequence[Article]) -> Iterator[bytes]:
    """Yield each article as a record."""
    for number, article in enumerate(articles):
        line = json.dumps(article, ensure_ascii=False).encode()
        if name.endswith(".jsonl"):
            yield line + b"\n"
        elif name.endswith(".json"):
            yield (b",\n" if number else b"\n") + line
        elif name.endswith((".csv", ".tsv")):
            text = io.StringIO(newline="")
            csv.writer(text, delimiter="\t" if name.endswith(".tsv") else ",", quoting=csv.QUOTE_ALL).writerow(
                "" if value is None else value for value in article.values()
            )
            yield text.getvalue().encode()
        elif name.endswith(".wet"):
            body = article["text"].encode()
            head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <{article['id']}>\r\n"
            head += f"WARC-Target-URI: {article.get('url') or ''}\r\nContent-Type: text/plain\r\n"
            yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"


def _framed(name: str, data: bytes, articles: Sequence[Article]) -> bytes:
    if name.endswith(".json"):
        return b"[" + data + b"\n]\n"
    if name.endswith((".csv", ".tsv")):
        return ("\t" if name.endswith(".tsv") else ",").join(articles[0]).encode() + b"\r\n" + data
    if name.endswith(".parquet"):
        import pyarrow as pa  # noqa: PLC0415  only this format needs it
        from pyarrow import parquet  # noqa: PLC0415  the same

        sink = io.BytesIO()
        parquet.write_table(pa.Table.from_pylist(list(articles)), sink, row_group_size=500, compression="zstd")
        return sink.getvalue()
    return data


def _packed(suffix: str, data: bytes) -> bytes:
    if suffix == ".zst":
        import zstandard  # noqa: PLC0415  only this one needs it

        return zstandard.compress(data)
    packers: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
    return packers.get(suffix, bytes)(data)


def killed_and_resumed(source: Path, folder: Path, kills: int, chance: random.Random) -> bool:
    """Whether a run that is killed some times at random moments ends with the bytes of one that was left alone."""
    whole, out = folder / "whole", folder / "killed"
    seconds = min(clean(source, whole, *QUIET, "-j", 2)[0] for _ in range(1))
    shutil.rmtree(out, ignore_errors=True)
    for _ in range(kills):
        process = subprocess.Popen(command("clean", source, "-o", out, *QUIET, "-j", 2), cwd=ROOT)
        time.sleep(chance.uniform(0.1, 1.0) * seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command("clean", source, "-o", out, *QUIET, "-j", 2), cwd=ROOT, check=False)
    return tree(out) == tree(whole)


def row(what: str, value: str, target: str, *, good: bool) -> None:
    """Print a figure."""
    print(f"{what:62s} {value:>22s}   {target:28s} {'ok' if good else 'SHORT'}", flush=True)


class Bench:
    """The figures; each is a method."""

    def __init__(self, folder: Path, args: argparse.Namespace) -> None:
        self.folder, self.args = folder, args
        self.chance = random.Random(args.seed)
        self.pool = folder / "pool.jsonl"
        self.articles = list(islice(corpora.pool(), 0, None, args.step))
        with self.pool.open("wb") as file:
            for article in self.articles:
                file.write(json.dumps(article, ensure_ascii=False).encode() + b"\n")
        self.size = self.pool.stat().st_size / 1e6

    def speed(self) -> None:
        """One process, end to end, beside rivals; two processes; and without ledger and proof."""
        some = self.pool.read_bytes().splitlines(keepends=True)[:: self.args.rivals]
        size = sum(map(len, some)) / 1e6
        rates: dict[str, list[float]] = {}
        for _ in range(self.args.runs):
            for name, jobs in (("one", 1), ("two", 2)):
                seconds, _ = clean(self.pool, self.folder / "out", *QUIET, "-j", jobs)
                rates.setdefault(name, []).append(self.size / seconds)
            for name, rival in rivals().items():
                started = time.perf_counter()
                self._pass_through(rival, some)
                rates.setdefault(name, []).append(size / (time.perf_counter() - started))
        median = {name: statistics.median(values) for name, values in rates.items()}
        one = median["one"]
        row(
            f"pool.jsonl ({self.size:.0f} MB), one process, end to end", f"{one:.1f} MB/s", ">= 20 MB/s", good=one >= 20
        )
        for name, times in (("ftfy.fix_text", 8), ("C4QualityFilter", 40)):
            if name in median:
                what = f"times {name} ({median[name]:.2f} MB/s)"
                row(what, f"{one / median[name]:.1f}", f">= {times}", good=one / median[name] >= times)
        row("two processes against one", f"{median['two'] / one:.2f}", ">= 1.8", good=median["two"] / one >= 1.8)

    def _pass_through(self, rival: Callable[[str], Any], lines: Sequence[bytes]) -> None:
        """Do what a rival does to the texts of records, which are read and written as plainly as can be."""
        with (self.folder / "rival").open("wb") as out:
            for line in lines:
                article = json.loads(line)
                rival(article["text"])
                out.write(json.dumps(article, ensure_ascii=False).encode() + b"\n")

    def scale(self) -> None:
        """Two processes against one on ten times the pool, where what each has to start with weighs less.

        Beside it, how much more two commands do at once that share nothing but the machine.
        """
        ten, out = self._ten(), self.folder / "out"
        times: dict[int, list[float]] = {1: [], 2: []}
        apart = []
        for _ in range(self.args.runs):
            for jobs, seconds in times.items():
                seconds.append(clean(ten, out, *QUIET, "-j", jobs)[0])
            apart.append(clean_twice(ten, out, *QUIET, "-j", 1))
        one, two = (statistics.median(seconds) for seconds in times.values())
        row("two commands at once against one", f"{2 * one / statistics.median(apart):.2f}", "", good=True)
        value = f"{one / two:.2f} ({10 * self.size / one:.1f}, {10 * self.size / two:.1f} MB/s)"
        row(f"two processes against one, {10 * self.size:.0f} MB", value, ">= 1.8", good=one / two >= 1.8)

    def _ten(self) -> Path:
        """Return ten times the pool in one file."""
        ten = self.folder / "ten.jsonl"
        if not ten.exists():
            with ten.open("wb") as file:
                for _ in range(10):
                    file.write(self.pool.read_bytes())
        return ten

    def cost(self) -> None:
        """What ledger and proof add to the work on blocks, in processor time, which other programs do not stretch."""
        cleaner = Cleaner()
        plans = {"full": Plan(cleaner, report=False), "bare": Plan(cleaner, ledger="none", report=False, verify=False)}
        with self.pool.open("rb") as file:
            blocks = list(islice(FORMATS["jsonl"].cut(file, "", "pool.jsonl", Fields()), 20))
        seconds: dict[str, list[float]] = {"full": [], "bare": []}
        for turn in range(self.args.runs + 1):
            for name, plan in plans.items():
                started = time.process_time()
                for block in blocks:
                    process(plan, Task("pool.jsonl", "jsonl", "", block))
                if turn:  # the first one compiles patterns
                    seconds[name].append(time.process_time() - started)
        cost = statistics.median(seconds["full"]) / statistics.median(seconds["bare"]) - 1
        row("cost of ledger and proof", f"{cost:.1%}", "<= 15 %", good=cost <= 0.15)

    def around(self) -> None:
        """Reading, cutting into blocks, hashing and writing alone: what the rest can never be faster than."""
        import hashlib  # noqa: PLC0415  only here

        rates = []
        for _ in range(self.args.runs):
            started, digest = time.perf_counter(), hashlib.sha256()
            with self.pool.open("rb") as file, (self.folder / "copy").open("wb") as copy:
                for block in FORMATS["jsonl"].cut(file, "", "pool.jsonl", Fields()):
                    digest.update(block.data)
                    copy.write(block.data)
            rates.append(self.size / (time.perf_counter() - started))
        row("reading, cutting, hashing and writing alone", f"{statistics.median(rates):.0f} MB/s", "", good=True)

    def memory(self) -> None:
        """Peak memory of a worker and of the parent, on the pool and on ten of it in one file."""
        peaks = [self._peak(source) for source in (self.pool, self._ten())]
        for name, (one, many) in zip(("worker", "parent"), zip(*peaks, strict=True), strict=True):
            value = f"{one:.0f} / {many:.0f} MB"
            row(f"peak memory of a {name}, 1x / 10x", value, "<= 250, within 10 %", good=many <= min(250, 1.1 * one))

    def _peak(self, source: Path) -> tuple[float, float]:
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        process = subprocess.Popen(command("clean", source, "-o", self.folder / "out", *QUIET, "-j", 2), cwd=ROOT)
        worker, parent = 0.0, 0.0
        while process.poll() is None:
            parent = max(parent, _peak_of(process.pid))
            worker = max([worker, *map(_peak_of, _below(process.pid))])
            time.sleep(0.1)
        return worker, parent

    def start(self) -> None:
        """How long a small job takes."""
        small = self.folder / "small.jsonl"
        small.write_bytes(b"".join(self.pool.read_bytes().splitlines(keepends=True)[:3]))
        for what, args in (("stdout", ()), ("-o", ("-o", self.folder / "small", "--restart"))):
            times = []
            for _ in range(9):
                started = time.perf_counter()
                subprocess.run(command("clean", small, *args), cwd=ROOT, capture_output=True, check=False)
                times.append(time.perf_counter() - started)
            median = statistics.median(times)
            row(f"start-up on a small .jsonl, {what}", f"{median:.2f} s", "<= 0.3 s", good=median <= 0.3)

    def kills(self) -> None:
        """Runs killed at random moments and resumed."""
        same = 0
        sources = [written_as(self.folder / name, self.articles[::20]) for name in RESUMED]
        for number in range(self.args.kills):
            same += killed_and_resumed(sources[number % len(sources)], self.folder, 1 + number % 3, self.chance)
        value = f"{same} of {self.args.kills}"
        row("runs killed with kill -9 and resumed, identical", value, "all", good=same == self.args.kills)

    def jobs(self) -> None:
        """The same bytes for any number of processes."""
        folder = self.folder / "formats"
        folder.mkdir(exist_ok=True)
        for name in (*RESUMED, "a.json", "a.wet"):
            written_as(folder / name, self.articles[::40])
        trees = []
        for jobs in (1, 2, 4):
            clean(folder, self.folder / "out", "-q", "-j", jobs)
            trees.append(tree(self.folder / "out"))
        same = all(other == trees[0] for other in trees)
        row("1, 2, 4 jobs over all formats", "identical" if same else "DIFFERENT", "identical bytes", good=same)

    def damage(self) -> None:
        """Records damaged at random in each format."""
        for name in DAMAGED:
            problem = damaged_run(self.folder, name, self.articles[::20], self.chance)
            row(
                f"2 % of records damaged, {name}",
                problem or "all as they should",
                "good cleaned, bad kept",
                good=not problem,
            )


def damaged_run(folder: Path, name: str, articles: Sequence[Article], chance: random.Random) -> str:
    """Damage records of a file, clean it, and return what is not as it should be, or ""."""
    source, out = folder / name, folder / "out"
    bad = set(chance.sample(range(len(articles)), max(1, int(SHARE * len(articles)))))
    good = [article for number, article in enumerate(articles) if number not in bad]
    written_as(source, good)
    _, code = clean(source, out, *QUIET)
    wanted = texts(out, source)
    stem = name.removesuffix(".gz")
    if stem.endswith(".parquet"):
        _damaged_parquet(source, articles, bad)
    else:
        pieces = [
            damaged(stem, piece, chance) if number in bad else piece
            for number, piece in enumerate(_records(stem, articles))
        ]
        source.write_bytes(_packed(source.suffix, _framed(stem, b"".join(pieces), articles)))
    _, code = clean(source, out, *QUIET)
    counts = json.loads((out / "run.json").read_bytes())["counts"]
    errors = sum(1 for path in (out / "errors").rglob("*.jsonl") for _ in path.open("rb"))
    if texts(out, source) != wanted:
        return "good records differ"
    if (errors, counts["errors"], counts["records"] - counts["errors"]) != (len(bad), len(bad), len(good)):
        return f"{errors} errors, {len(bad)} damaged"
    return "" if code == 2 else f"exit code {code}"


def damaged(name: str, piece: bytes, chance: random.Random) -> bytes:
    """Return a record with one of the faults that files have."""
    if name.endswith((".jsonl", ".json")):
        lead = {b",": 2, b"\n": 1}.get(piece[:1], 0)
        changes = [
            (b'"text"', b'"txet"'),
            (b'"id": "', b'"id": "\xff'),
            (b'"text": "', b'"text": 5, "was": "'),
            (b'"text": "', b'"text": '),
            (b'"id":', b'"id"'),
        ]
        return piece[:lead] + piece[lead:].replace(*chance.choice(changes), 1)
    if name.endswith((".csv", ".tsv")):
        cell = (b"\t" if name.endswith(".tsv") else b",") + b'"x"\r\n'
        return chance.choice([piece[:-2] + cell, piece.replace(b'"', b'"\xff', 1), b'"x' + piece])
    middle, length = len(piece) // 2, piece.index(b"Content-Length: ") + len(b"Content-Length: ")
    changed = [
        piece[:length] + b"9" + piece[length:],
        piece.replace(b"Content-Length", b"Content-Longth", 1),
        piece[:length] + b"1\r\nX: " + piece[length:],
        piece[:middle] + b"\xff" + piece[middle + 1 :],
    ]
    return chance.choice(changed)


def _damaged_parquet(source: Path, articles: Sequence[Article], bad: set[int]) -> None:
    """Write a table whose texts are no UTF-8 in some rows."""
    import pyarrow as pa  # noqa: PLC0415  only this format needs it
    from pyarrow import parquet  # noqa: PLC0415  the same

    table = pa.Table.from_pylist(list(articles))
    texts = [b"\xff" * (number in bad) + article["text"].encode() for number, article in enumerate(articles)]
    column = pa.array(texts, pa.binary())
    column = pa.Array.from_buffers(pa.string(), len(column), column.buffers())
    parquet.write_table(table.set_column(table.schema.names.index("text"), "text", column), source, row_group_size=500)


def texts(out: Path, source: Path) -> list[str]:
    """Return the clean texts of a run over one file."""
    (found,) = find_sources([out / "clean"], Choice(SUFFIXES), FORMATS["txt"])
    with found.open() as file:
        blocks = found.form.cut(file, found.codec, source.name, Fields())
        from cleaner.records import Reading  # noqa: PLC0415  only here

        records = (record for block in blocks for record in found.form.records(block, Reading(source.name, Fields())))
        return [record.document.text for record in records if record.document]


def rivals() -> dict[str, Callable[[str], Any]]:
    """Return what others do to a text, by name, as far as they are installed."""
    found: dict[str, Callable[[str], Any]] = {}
    if importlib.util.find_spec("ftfy"):
        import ftfy  # noqa: PLC0415  need not be there

        found["ftfy.fix_text"] = ftfy.fix_text
    if all(map(importlib.util.find_spec, ("datatrove", "nltk", "spacy"))):
        from datatrove.data import Document  # noqa: PLC0415  need not be there
        from datatrove.pipeline.filters import C4QualityFilter  # noqa: PLC0415  the same

        c4 = C4QualityFilter(filter_no_terminal_punct=False)
        found["C4QualityFilter"] = lambda text: c4.filter(Document(text=text, id=""))
    return found


def _below(pid: int) -> list[int]:
    """Return the processes that a process started, and that those started."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, listed) for found in (child, *_below(child))]


def _peak_of(pid: int) -> float:
    """Return the peak resident memory of a process so far, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


FIGURES = ("speed", "scale", "cost", "around", "memory", "start", "kills", "jobs", "damage")


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}; all by default")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--step", type=int, default=1, help="take each so-manieth article")
    parser.add_argument("--rivals", type=int, default=20, help="of these, rivals read each so-manieth")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not corpora.POOL.exists():
        print(f"skipped: the real articles are not on this machine ({corpora.POOL})")
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        bench = Bench(Path(folder), args)
        for figure in args.figures or FIGURES:
            getattr(bench, figure)()


if __name__ == "__main__":
    main()
