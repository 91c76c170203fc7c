"""Real articles for the laws; without them, a test that wants them is skipped and says so."""

from itertools import islice
from typing import Any

import pytest

from benchmarks import corpora

needs_corpora = pytest.mark.skipif(
    not corpora.GOLD.exists(), reason=f"the real articles are not on this machine ({corpora.SHARED})"
)


def real_articles(step: int) -> list[dict[str, Any]]:
    """Return every annotated article, and each `step`th of the others."""
    return [*corpora.gold(), *islice(corpora.pool(), 0, None, step)]
