"""What all tests share."""

import pytest
from hypothesis import settings

# A shared machine stalls now and then; a law is about results, not about time.
settings.register_profile("default", deadline=None)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite expected.txt and removals.jsonl of the fixtures")
