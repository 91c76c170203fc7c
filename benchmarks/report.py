"""The page of a run over all real articles: its size, how long it takes to make, and how soon it can be used.

python -m benchmarks.report [--run OUT] [--round-trip]

--run OUT      a run to look at; else the articles are cleaned first, which takes a minute
--round-trip   also mark three removals wrong in the browser, apply that, clean again, and compare
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.corpora import pool
from tests.browser import CHROMIUM, DRIVER, Browser, chromium

TIMES = 5
LARGEST = 8_000_000  # bytes of a page
SLOWEST = 2.0  # seconds until it can be used


def cleaner(*args: object) -> str:
    """Run the command, and return what it printed."""
    command = [sys.executable, "-m", "cleaner", *map(str, args)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def write_pool(path: Path) -> Path:
    """Write the articles as one file, a record a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in pool())
    return path


def make_page(out: Path, page: Path) -> None:
    """Make the page several times; print its size, the seconds and the memory it took."""
    seconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        cleaner("report", out, "-o", page)
        seconds.append(time.perf_counter() - start)
    size, memory = page.stat().st_size, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"page: {size:,} bytes (at most {LARGEST:,}), made in {statistics.median(seconds):.1f} s, {memory:.0f} MB")


def look(browser: Browser, page: Path) -> None:
    """Open the page several times; print how soon it can be used, and how soon a search answers."""
    loaded, searched = [], []
    search = """
    const start = performance.now();
    history.replaceState(null, "", "#removals?q=getty");
    show();
    document.body.offsetHeight;
    return performance.now() - start
    """
    for _ in range(TIMES):
        browser.open(page, "#removals")
        loaded.append(int(browser.js("return document.documentElement.dataset.ready")) / 1000)
        searched.append(browser.js(search) / 1000)
    ready, answer = statistics.median(loaded), statistics.median(searched)
    print(f"usable after {ready:.2f} s (at most {SLOWEST}), a search takes {answer:.2f} s")
    print(f"complaints: {browser.complaints()}, requests: {browser.requests()}")


def round_trip(browser: Browser, articles: Path, out: Path, folder: Path) -> None:
    """Mark three removals wrong, apply, clean again; print what is no longer removed, and what else changed."""
    items = random.Random(1).sample(browser.js("return data.removals.filter(canBeJudged)"), 3)
    for item in items:
        browser.go("#removals")
        browser.js("judge(CUTS.get(keyOf(arguments[0])), 'wrong')", item)
    browser.go("#review")
    browser.click("#save")
    browser.until("return document.getElementById('said').textContent.includes('saved as')")
    time.sleep(1)
    allow = folder / "allow.toml"
    print(cleaner("review", "apply", browser.downloads / "decisions.json", "--allow", allow))
    cleaner("clean", articles, "-o", folder / "again", "--allow", allow, "--report", "none")
    found: dict[str, Any] = json.loads(cleaner("compare", out, folder / "again", "--json", "--sample", 10))
    drawn = found["only"]["A"]["samples"]
    stayed = {(item["id"], item["text"].strip()) for item in drawn}
    wanted = {(item["id"], item["text"].strip()) for item in items}
    print(f"marked wrong: {len(wanted)} texts; stayed: {len(stayed)} texts, the very same: {stayed == wanted}")
    print(f"removals that were not made again: {len(drawn)} (a text may stand in its article more than once)")
    print(f"newly removed: {found['only']['B']['removals']}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--round-trip", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        articles, out = Path(folder, "articles.jsonl"), args.run or Path(folder, "out")
        if args.round_trip or not args.run:
            write_pool(articles)
        if not args.run:
            cleaner("clean", articles, "-o", out)
        make_page(out, Path(folder, "page.html"))
        if not (CHROMIUM and DRIVER):
            print("no Chromium here: not opened")
            return
        with chromium() as browser:
            look(browser, Path(folder, "page.html"))
            if args.round_trip:
                round_trip(browser, articles, out, Path(folder))


if __name__ == "__main__":
    main()
