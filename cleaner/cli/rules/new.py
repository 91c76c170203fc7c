"""`cleaner rules new`."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.output import emit, say
from cleaner.errors import CleanerError
from cleaner.rules import builtin_rules

MOST_BYTES = 100_000


def new_rule(
    rule: Annotated[str, typer.Argument(metavar="ID", help="KIND/NAME, e.g. promo/zap.")],
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="The junk: whole lines, or a line with [-marks-] around it; - for stdin."),
    ],
    why: Annotated[str, typer.Option(help="One sentence: what it removes.")] = "",
    stays: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A text that looks like it and must stay; repeat for several."),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="DIR", help="Folder of your rules [default: rules or cleaner-rules]."),
    ] = None,
) -> None:
    """Write a rule file from junk that you paste; it passes its own test. Numbers, dates and addresses may vary.

    cleaner rules new promo/zap "Sign up for the Zap newsletter"
    cleaner rules new promo/zap "The mayor left. [-Read more on Zap-]"     part of a line
    """
    from cleaner.authoring.draft import default_folder, draft, near_kind, write  # noqa: PLC0415  needs the engine
    from cleaner.clean import Cleaner  # noqa: PLC0415
    from cleaner.examples import unmarked  # noqa: PLC0415

    if text == "-":
        text = _standard_input()
    kinds = {known.category for known in builtin_rules()}
    made = draft(rule, text, why=why, stays=stays or (), kinds=kinds)
    folder = rules or default_folder()
    if any(made.id == known.id for known in builtin_rules()):
        say(f"cleaner: {made.id} is a built-in rule, which this one replaces where --rules {folder} is given")
    path = write(made, folder)
    emit(f"{path}\n".encode("utf-8", "surrogateescape"))
    if near := near_kind(rule, kinds):
        say(f"cleaner: {rule.partition('/')[0]} is a new kind of junk; did you mean {near}?")
    if known := {name for removal in Cleaner(guard=1.0).clean(unmarked(text)).removals for name in removal.rules}:
        say(f"cleaner: the built-in {', '.join(sorted(known))} takes some of that already")
    for line in _next(rule, path, folder):
        say(line)


def _next(rule: str, path: Path, folder: Path) -> tuple[str, ...]:
    """Say what to do next."""
    file, place = shlex.quote(str(path)), shlex.quote(str(folder))
    return (
        "cleaner: now make its pattern fit what other sites write, add texts that stay, and",
        f"  cleaner rules test {rule} --rules {place}",
        f"  cleaner rules try {file} DUMP",
        f"  cleaner rules lint --rules {place}",
        f"  cleaner clean … --rules {place}",
    )


def _standard_input() -> str:
    held = sys.stdin.buffer.read(MOST_BYTES)
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CleanerError(f"-: not valid UTF-8 at byte {error.start}: convert it first") from error
