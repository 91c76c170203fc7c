"""Dolma's own mixer makes of our attribute files the text that we make."""

import gzip
import json
from pathlib import Path

import pytest

from cleaner import Cleaner, builtin_rules
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, find_sources

mixer = pytest.importorskip("dolma.dolma", reason="dolma is not installed", exc_type=ImportError)
TEXTS = [
    "The council 🎉 met.\n© Getty Images\n© Reuters\n© AFP\nIt agreed 👩‍👩‍👧 on a budget.\n© Getty Images\n",
    "市議会は予算に合意した。\n© Getty Images\n採決は火曜日だ。",
    "cafe\u0301 first.\r\n© Getty Images\r\nLast \u2028 line.",
    "Nothing goes.",
]


def texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in gzip.decompress(path.read_bytes()).split(b"\n") if line]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_mixer_cuts_what_we_cut(tmp_path: Path, ascii_only: bool) -> None:
    source = tmp_path / "documents" / "a.jsonl.gz"
    source.parent.mkdir()
    rows = [{"id": str(number), "text": text, "source": "test"} for number, text in enumerate(TEXTS)]
    source.write_bytes(gzip.compress("".join(json.dumps(r, ensure_ascii=ascii_only) + "\n" for r in rows).encode()))
    out, job = tmp_path, Job(Cleaner(builtin_rules()), Fields(), lambda _: None)
    sources = find_sources([source.parent], Choice(SUFFIXES), FORMATS["txt"])
    clean_into(out / "out", sources, job, {}, How(jobs=0, ledger="dolma"))
    (out / "out" / "attributes").rename(out / "attributes")
    span = {"span": "$.attributes.cleaner__cleaner__junk", "min_score": 0.5, "replacement": "", "syntax": "jsonpath"}
    stream = {
        "name": "clean", "documents": [f"{source.parent}/*.jsonl.gz"], "attributes": ["cleaner"],
        "span_replacement": [span], "output": {"path": str(out / "mixed"), "max_size_in_bytes": 1 << 30},
    }  # fmt: skip
    work = {"input": str(out / "work_in"), "output": str(out / "work_out")}
    mixer.mixer_entrypoint(json.dumps({"work_dir": work, "processes": 1, "shuffle": True, "streams": [stream]}))
    (mixed,) = (out / "mixed").rglob("*.gz")
    assert texts(mixed) == texts(out / "out" / "clean" / "a.jsonl.gz") != TEXTS
