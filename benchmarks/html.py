"""Score page extraction beside the extractors of the field, on pages with hand-made texts.

python -m benchmarks.html [--alone] [--passes N] [--show lost|foreign] [--set NAME] [--half even|odd] [--json]
                          [--memory]

Seconds are those of the processor, the least of several passes over each page, as other work on the machine only adds
to them; the first pass, in which rules and models are made ready, is given too. Memory is measured in a process of its
own, by this extractor alone, and the pages come in random order: sets differ in size and language of their pages.
"""

import argparse
import importlib
import importlib.util
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.corpora import SHARED
from cleaner.clean import Cleaner, CleanResult
from cleaner.errors import CleanerError

HTML = SHARED / "html"
Extractor = Callable[[bytes, str], str]
DEFAULTS = "trafilatura defaults"


@dataclass
class Run:
    """What one extractor did: its texts, and the seconds of processor time that each page took, first and at best."""

    name: str
    extract: Extractor
    texts: dict[str, str] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)

    def on(self, row: Mapping[str, Any], page: bytes) -> None:
        """Extract one page."""
        started = time.process_time()
        text = self.extract(page, row["url"])
        seconds = time.process_time() - started
        self.texts[row["id"]] = text
        self.first.setdefault(row["id"], seconds)
        self.best[row["id"]] = min(seconds, self.best.get(row["id"], seconds))


def gold(name: str = "", half: str = "") -> list[dict[str, Any]]:
    """Return the pages' gold rows (id, dataset, url, lang, text, widgets), of one set or one half if named."""
    rows = [json.loads(line) for line in (HTML / "gold.jsonl").read_text(encoding="utf-8").split("\n") if line]
    wanted = {"": (0, 1), "even": (0,), "odd": (1,)}[half]
    return [row for row in rows if name in {"", row["dataset"]} and int(row["id"].rpartition("-")[2]) % 2 in wanted]


def pages() -> Iterator[tuple[str, bytes]]:
    """Yield id and bytes of every page."""
    with tarfile.open(HTML / "pages.tar.xz") as packed:
        for member in packed:
            if file := packed.extractfile(member):
                yield os.path.basename(member.name).removesuffix(".html"), file.read()


@cache
def scorer() -> Any:
    """Return the scorer beside the pages: the definitions of the measures are its own."""
    spec = importlib.util.spec_from_file_location("score", HTML / "score.py")
    if spec is None or spec.loader is None:
        raise CleanerError(f"{HTML / 'score.py'}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)  # as the scorer's own command would run it
    return module


def ours(cleaner: Cleaner, keep: dict[str, CleanResult] | None = None) -> Extractor:
    """Return this project's extractor; `keep` takes its results by url."""

    def extract(page: bytes, url: str) -> str:
        try:
            result = cleaner.clean_html(page, url)
        except CleanerError:
            return ""
        if keep is not None:
            keep[url] = result
        return result.text

    return extract


def peers() -> Iterator[Run]:
    """Yield the peers that are installed; of one that is not, say so. The gold holds no comments, so nor do they."""
    for name, module, make in _PEERS:
        try:
            yield Run(name, make(importlib.import_module(module)))
        except ImportError:
            print(f"{name}: not installed, skipped")


def _trafilatura(module: Any, **options: bool) -> Extractor:
    return lambda page, url: module.extract(page, url=url, **options) or ""


def _readability(module: Any) -> Extractor:
    from lxml.html import fromstring  # noqa: PLC0415  only this peer needs it

    def extract(page: bytes, url: str) -> str:
        del url
        try:
            tree: Any = fromstring(module.Document(page.decode("utf-8", "replace")).summary())
        except Exception:  # noqa: BLE001  a peer's crash is an empty text
            return ""
        for element in tree.iter("p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "td"):
            element.tail = "\n" + (element.tail or "")
        return str(tree.text_content())

    return extract


def _resiliparse(module: Any) -> Extractor:
    def extract(page: bytes, url: str) -> str:
        del url
        return str(module.extract_plain_text(page.decode("utf-8", "replace"), main_content=True, alt_texts=False))

    return extract


_PEERS: tuple[tuple[str, str, Callable[[Any], Extractor]], ...] = (
    (DEFAULTS, "trafilatura", _trafilatura),
    ("trafilatura", "trafilatura", lambda module: _trafilatura(module, include_comments=False)),
    (
        "trafilatura precision",
        "trafilatura",
        lambda module: _trafilatura(module, include_comments=False, favor_precision=True),
    ),
    ("readability-lxml", "readability", _readability),
    ("resiliparse", "resiliparse.extract.html2text", _resiliparse),
)


def figures(rows: Sequence[Mapping[str, Any]], run: Run) -> dict[str, dict[str, float]]:
    """Return the scorer's figures by set."""
    groups = defaultdict(list)
    for row in rows:
        groups[row["dataset"]].append(scorer().page(row, run.texts[row["id"]]))
    return {name: scorer().figures(groups[name]) for name in sorted(groups)}


def mean(table: Mapping[str, Mapping[str, float]], key: str) -> float:
    """Return the plain mean of one figure over the sets."""
    return sum(figure[key] for figure in table.values()) / len(table)


def print_table(rows: Sequence[Mapping[str, Any]], runs: Sequence[Run]) -> None:
    """Print every run's figures by set, then the means and the speed."""
    tables = {run.name: figures(rows, run) for run in runs}
    for name in next(iter(tables.values())):
        print(f"{name} ({tables[runs[0].name][name]['pages']:.0f} pages)")
        for run in runs:
            print(_line(run.name, tables[run.name][name]))
    print("mean of the sets")
    exact = {run.name: sum(t["exact"] * t["pages"] for t in tables[run.name].values()) / len(rows) for run in runs}
    for run in runs:
        table = tables[run.name]
        means = {key: mean(table, key) for key in ("f1", "recall", "precision")} | {"exact": exact[run.name]}
        speeds = [len(rows) / sum(seconds.values()) for seconds in (run.best, run.first)]
        print(f"{_line(run.name, means)}  {speeds[0]:6.1f} pages/s, {speeds[1]:.1f} in the first pass")
    best = {name: max(tables[run.name][name]["f1"] for run in runs[1:]) for name in tables[runs[0].name] if runs[1:]}
    over = {name: tables[runs[0].name][name]["f1"] - score for name, score in best.items()}
    if over:
        above = sum(value > 0 for value in over.values())
        print(f"above the best peer in {above} of {len(over)}, least {min(over.values()):+.4f}")
        print(
            "pages/s over trafilatura's with its defaults:", _ratio(runs, "best"), "; first pass", _ratio(runs, "first")
        )


def _ratio(runs: Sequence[Run], which: str) -> str:
    peer = next((run for run in runs if run.name == DEFAULTS), None)
    return f"{sum(getattr(peer, which).values()) / sum(getattr(runs[0], which).values()):.2f}" if peer else "-"


def _line(name: str, figure: Mapping[str, float]) -> str:
    keys = [key for key in ("f1", "recall", "precision", "exact", "widgets") if key in figure]
    return f"  {name:24s}" + "  ".join(f"{key} {figure[key]:.4f}" for key in keys)


def resident() -> float:
    """Return the memory of this process in MB (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def memory() -> None:
    """Print the memory after each hundred pages, and after a second pass over all."""
    sys.modules["chardet"] = None  # type: ignore[assignment]  # 20 MB that only come with a peer
    rows, engine = {row["id"]: row for row in gold()}, Cleaner()
    after: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, page in pages():
            Path(folder, name).write_bytes(page)
        names = sorted(rows)
        random.Random(0).shuffle(names)
        for number, name in enumerate(names * 2, 1):
            ours(engine)(Path(folder, name).read_bytes(), rows[name]["url"])
            if number % len(names) == 0 or (number % 100 == 0 and number < len(names)):
                after.append(f"{resident():.0f} MB after {number}")
    print("memory of a process of its own:", ", ".join(after), "pages (all of them twice)")


def show(row: Mapping[str, Any], result: CleanResult | None, kind: str) -> None:
    """Print a page's lines of gold that were lost with what decided, or the foreign lines that were kept."""
    text = result.text if result else ""
    lines, other = (row["text"], text) if kind == "lost" else (text, row["text"])
    has = scorer().runs(scorer().words(other))
    for line in lines.splitlines():
        runs = scorer().runs(scorer().words(line))
        if runs and 2 * (runs & has).total() < runs.total():
            print(f"{row['id']} {kind} [{decided(line, result)}] {line.strip()[:300]}")


def decided(line: str, result: CleanResult | None) -> str:
    """Return what took a line: a rule's id, or the extraction."""
    if result is None:
        return "no article"
    words = " ".join(scorer().words(line))
    if words in " ".join(scorer().words(result.text)):
        return "kept"
    took = [(removal.rules, result.removed(removal)) for removal in result.removals]
    took += [((cut.rule,), cut.text) for cut in result.pruned]
    for rules, text in took:
        if words in " ".join(scorer().words(text)):
            return " ".join(rules)
    return "extraction"


def main() -> None:
    """Read the arguments, extract, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--show", choices=("lost", "foreign"))
    parser.add_argument("--set", default="", help="only this set")
    parser.add_argument("--half", choices=("even", "odd"), default="", help="only pages of even or odd number")
    parser.add_argument("--json", action="store_true", help="print our figures as JSON")
    parser.add_argument("--passes", type=int, default=3, help="how often each page is read")
    parser.add_argument("--memory", action="store_true", help="only measure memory")
    args = parser.parse_args()
    if args.memory:
        memory()
        return
    rows = gold(args.set, args.half)
    held = {row["id"]: row for row in rows}
    results: dict[str, CleanResult] = {}
    runs = [Run("cleaner", ours(Cleaner(), results if args.show else None))]
    runs += [] if args.alone or args.show or args.json else peers()
    for _ in range(1 if args.show or args.json else args.passes):
        for name, page in pages():
            for run in runs if name in held else ():
                run.on(held[name], page)
    for row in rows if args.show else ():
        show(row, results.get(row["url"]), args.show)
    if args.json:
        print(json.dumps(figures(rows, runs[0])))
        return
    print_table(rows, runs)
    if not args.show:
        sys.stdout.flush()
        subprocess.run([sys.executable, "-m", "benchmarks.html", "--memory"], check=True)


if __name__ == "__main__":
    main()
