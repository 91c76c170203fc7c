"""From which size on an engine pays: seconds of a whole run, start-up and all, over the unmarked articles.

python -m benchmarks.engines [--articles 200,2000,14585,43755] [--engine NAME]... [--repeat 3]

Each engine reads the same 8 JSON Lines files with two processes, writes clean records and ledger, and must give the
same texts. An engine that is not installed is left out with a note.
"""

import argparse
import functools
import hashlib
import importlib.util
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.corpora import POOL, pool, site
from cleaner.engines import CleanColumns, CleanStep

SHARDS, JOBS = 8, 2
BATCH = 1000  # records


def processes(scraped: Path, out: Path) -> None:
    """Two plain processes, a file each at a time."""
    with ProcessPoolExecutor(JOBS, get_context("spawn")) as workers:
        list(workers.map(functools.partial(_clean_file, out), sorted(scraped.iterdir())))


@functools.cache
def _clean_columns() -> CleanColumns:
    return CleanColumns()


def _clean_file(out: Path, path: Path) -> None:
    with path.open() as lines, (out / path.name).open("w") as clean:
        while rows := [json.loads(line) for line in itertools.islice(lines, BATCH)]:
            columns = _clean_columns()({name: [row[name] for row in rows] for name in rows[0]})
            records = zip(*columns.values(), strict=True)
            clean.writelines(json.dumps(dict(zip(columns, record, strict=True))) + "\n" for record in records)


def datatrove(scraped: Path, out: Path) -> None:
    """Datatrove on this machine."""
    from datatrove.executor import LocalPipelineExecutor  # noqa: PLC0415  only where it is measured
    from datatrove.pipeline.readers import JsonlReader  # noqa: PLC0415
    from datatrove.pipeline.writers import JsonlWriter  # noqa: PLC0415

    steps = [JsonlReader(str(scraped)), CleanStep(str(out / "removals")), JsonlWriter(str(out), compression=None)]
    LocalPipelineExecutor(steps, tasks=SHARDS, workers=JOBS, logging_dir=str(out / "logs")).run()


def ray(scraped: Path, out: Path) -> None:
    """Ray Data on this machine."""
    import ray as engine  # noqa: PLC0415

    engine.init(num_cpus=JOBS, include_dashboard=False, log_to_driver=False)
    engine.data.read_json(str(scraped)).map_batches(CleanColumns(), batch_size=BATCH).write_json(str(out))


def spark(scraped: Path, out: Path) -> None:
    """Spark on this machine."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    clean = CleanColumns()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = SparkSession.builder.master(f"local[{JOBS}]").getOrCreate()
    frame = session.read.schema("id string, text string, url string").json(str(scraped))
    cleaned = frame.mapInPandas(
        lambda frames: (frame.assign(**clean(frame)) for frame in frames),
        "id string, text string, url string, removals string",
    )
    cleaned.write.json(str(out / "clean"))


ENGINES: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "processes": (processes, "json"),
    "datatrove": (datatrove, "datatrove"),
    "ray": (ray, "ray"),
    "spark": (spark, "pyspark"),
}


def write_shards(folder: Path, articles: int) -> int:
    """Write so many articles, over and over where there are fewer, into files, and return the bytes."""
    files = [(folder / f"{shard}.jsonl").open("w") for shard in range(SHARDS)]
    rows = itertools.islice(itertools.chain.from_iterable(pool() for _ in itertools.count()), articles)
    for number, (row, file) in enumerate(zip(rows, itertools.cycle(files), strict=False)):
        record = {"id": f"{number}", "text": row["text"], "url": site(row)}
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
    for file in files:
        file.close()
    return sum(path.stat().st_size for path in folder.iterdir())


def records(out: Path) -> Iterator[dict[str, Any]]:
    """Yield what a run wrote, whatever its files are called."""
    for path in sorted(out.rglob("*json*")):
        if path.is_file() and path.parent.name not in {"removals", "logs", "stats"} and not path.name.startswith("."):
            yield from (json.loads(line) for line in path.open())


def digest(out: Path) -> str:
    """Return a hash of the clean texts of a run, whatever their order."""
    texts = sorted(f"{row['id']}\0{row['text']}" for row in records(out))
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def seconds(engine: str, scraped: Path) -> tuple[float, str]:
    """Run an engine as a program of its own; return its seconds and the hash of its texts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.engines", "--run", engine, str(scraped), folder]
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"LANG": "C.UTF-8"})
        return time.perf_counter() - started, digest(Path(folder))


def measure(articles: int, engines: list[str], repeat: int) -> None:
    """Print a line for each engine: seconds, and how many times those of plain processes."""
    with tempfile.TemporaryDirectory() as folder:
        size = write_shards(Path(folder), articles) / 1e6
        rounds = [
            [seconds(engine, Path(folder)) for engine in engines] for _ in range(repeat)
        ]  # a slow minute hits all
    runs = dict(zip(engines, zip(*rounds, strict=True), strict=True))
    medians = {engine: statistics.median(spent for spent, _ in runs[engine]) for engine in engines}
    for engine, median in medians.items():
        print(
            f"{articles:6} articles {size:6.1f} MB  {engine:9} {median:6.1f} s  x{median / medians[engines[0]]:.2f}",
            flush=True,
        )
    if len({texts for run in runs.values() for _, texts in run}) > 1:
        sys.exit("the engines do not give the same texts")


def main() -> None:
    """Measure what is installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", default="200,2000,14585,43755")
    parser.add_argument("--engine", action="append", choices=ENGINES, default=[])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--run", nargs=3, metavar=("ENGINE", "SCRAPED", "OUT"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run:
        engine, scraped, out = args.run
        ENGINES[engine][0](Path(scraped), Path(out))
        return
    if not POOL.exists():
        sys.exit(f"the unmarked articles are not on this machine ({POOL})")
    engines = [name for name in args.engine or ENGINES if importlib.util.find_spec(ENGINES[name][1])]
    for name in sorted({*(args.engine or ENGINES)} - {*engines}):
        print(f"{name}: not installed, left out")
    for articles in map(int, args.articles.split(",")):
        measure(articles, engines, args.repeat)


if __name__ == "__main__":
    main()
