"""What a check found, in the formats that people, editors and continuous integration read."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cleaner.report.check.finding import Finding


class Form(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"
    junit = "junit"


def formatted(findings: Iterable[Finding], form: Form) -> Iterator[str]:
    """Return the pieces of a check's output, in the order of the findings and as they come.

    Args:
        findings: all that a check found; those of one file lie together, and so do those of one record.
        form: how they are written; only the module of that form is loaded.
    """
    module = import_module(f"cleaner.report.check.as_{form}")
    return cast("Callable[[Iterable[Finding]], Iterator[str]]", module.pieces)(findings)
