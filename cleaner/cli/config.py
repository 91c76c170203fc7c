"""`cleaner config`."""

from typing import Annotated

import typer

from cleaner.cli.options import all_rules, configured
from cleaner.cli.output import emit, emit_json
from cleaner.config import KEYS, Settings, toml
from cleaner.report.diff import visible

WIDEST = 60  # characters of a line behind which its origin still stands in the common column


@configured
def config(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    *,
    settings: Settings,
) -> None:
    """Print the settings in force, and where each comes from.

    It takes the options of `cleaner clean` that a config file may set, to show what they would change.

    cleaner config --strict
    """
    settings.check(all_rules(settings.rules))
    values = {key: settings.plain(key) for key in KEYS}
    if as_json:
        told = {key: {"value": value, "from": settings.origin(key)} for key, value in values.items()}
        emit_json({"file": str(settings.file) if settings.file else None, "settings": told})
        return
    lines = {key: f"{key} = {toml(value)}" for key, value in values.items()}
    width = max(len(line) for line in lines.values() if len(line) <= WIDEST)
    head = f"# {settings.file or 'no config file'}"
    rows = [head, *(f"{line:<{width}}  # {settings.origin(key)}" for key, line in lines.items())]
    emit("".join(f"{visible(row)}\n" for row in rows).encode("utf-8", "backslashreplace"))
