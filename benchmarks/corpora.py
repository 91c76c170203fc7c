"""The annotated and the unmarked real articles that figures come from, where this machine has them."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHARED = Path(os.environ.get("CLEANER_SHARED", Path(__file__).resolve().parents[2] / "shared"))
GOLD = SHARED / "gold" / "dev.jsonl"
POOL = SHARED / "pool" / "articles.jsonl.zst"


def gold() -> list[dict[str, Any]]:
    """Return the annotated articles: id, text, spans [start, end, category, "J" or "O"], lang, domain, url."""
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines() if line.strip()]


def pool() -> Iterator[dict[str, Any]]:
    """Yield the unmarked articles: id, text, lang, domain, url."""
    import zstandard  # noqa: PLC0415  the scores of the gold do without it

    with POOL.open("rb") as packed:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8", newline="\n")
        for line in lines:
            yield json.loads(line)


def site(row: dict[str, Any]) -> str:
    """Return the url of an article, or its domain where no url is known."""
    return row.get("url") or row.get("domain") or ""
