"""Write the pages of this folder that are made from the program itself: python docs/generate.py [--check].

rules.md comes from the rule files, commands.md from the texts of `--help`. With --check nothing is written; the exit
code is 1 if a page is stale.
"""

import argparse
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import typer.main

from cleaner.cli import app
from cleaner.model import Rule
from cleaner.rules import MARK, WORDS, builtin_folder, load_rules, phrases_by_language
from cleaner.traits import ANY, languages, tier

HERE = Path(__file__).parent
MADE = "<!-- Made by `python docs/generate.py`: change the source, not this page. -->\n"
NAMED = 3  # languages or sites of a rule that are named one by one
SHOWN = 110  # characters of an example
NEAR = 20  # and at least so many of what stays on each side

KINDS = {
    "advert": "Adverts, and the marks that a page puts around them.",
    "comments": "Readers' comments, and what asks for one.",
    "consent": "Notices of cookies, pay walls, log-ins, browsers and scripts.",
    "contact": "How to reach the desk or the reporter, sign-offs and file codes of agencies.",
    "credit": "Who took, drew or owns a picture, a video or a graphic.",
    "legal": "Copyright, licence, syndication and terms.",
    "markup": "Tags, entities, scripts and short codes that leaked into the text.",
    "nav": "Menus, breadcrumbs, tags, buttons and page numbers.",
    "optional": "Text about the story that some want and some do not. Each rule belongs to a group and runs only with "
    "`--also GROUP`.",
    "player": "What players and galleries show around a picture or a video.",
    "promo": "The outlet selling or announcing itself: newsletters, apps, donations, events.",
    "related": "Links to other stories, alone or as a list under a heading.",
    "runon": "Widgets and link texts written into the middle of a sentence.",
    "social": "What asks to share or to follow, and its counters.",
}


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    return {"rules.md": rules_page(), "commands.md": commands_page()}


RULES = """\
# Rules

All {count} built-in rules, from the files in [rules/](../rules). `cleaner rules show ID` prints one of them whole.

- **When**: a rule without a word there always runs; `strict` runs with `--strict`, `also:GROUP` with `--also GROUP`.
- **Bound to**: the sites on which the rule runs, and the languages whose phrases it knows. Where nothing is said the
  words are in the rule itself: English most often, or signs that are the same in any language.
- **Example**: what goes is between `[-` and `-]`; `⏎` is a line break, `…` stands for more text.

| kind | rules | |
|---|---|---|
{kinds}

{tables}
## Phrases

Rules with `{{{{name}}}}` in their pattern take the phrases of that name from all files in
[rules/words/](../rules/words), which are in {languages} languages: {spoken}.
"""


def rules_page() -> str:
    """Return the reference of the rules."""
    rules = load_rules(builtin_folder(), check=False)
    kinds = {kind: list(group) for kind, group in groupby(rules, key=lambda rule: rule.category)}
    spoken = sorted({language for language, _ in phrases_by_language(builtin_folder() / WORDS)} - {ANY})
    return (
        MADE
        + "\n"
        + RULES.format(
            count=len(rules),
            kinds="\n".join(f"| [{kind}](#{kind}) | {len(group)} | {KINDS[kind]} |" for kind, group in kinds.items()),
            tables="\n".join(rules_table(kind, group) for kind, group in kinds.items()),
            languages=len(spoken),
            spoken=", ".join(spoken),
        )
    )


def rules_table(kind: str, rules: Iterable[Rule]) -> str:
    """Return the part of a kind of junk."""
    head = f"## {kind}\n\n{KINDS[kind]}\n\n| rule | why | when | bound to | example |\n|---|---|---|---|---|\n"
    return head + "".join(f"{rule_row(rule)}\n" for rule in rules)


def rule_row(rule: Rule) -> str:
    """Return the line of a rule in the table of its kind."""
    when = "" if tier(rule) == "default" else f"`{tier(rule)}`"
    bound = ", ".join(filter(None, (_some(rule.sites, "sites"), _some(languages(rule), "languages"))))
    cells = (
        f"[{rule.id.partition('/')[2]}](../rules/{rule.id}.toml)",
        _text(rule.why),
        when,
        bound,
        _code(example(rule)),
    )
    return f"| {' | '.join(cells)} |"


def example(rule: Rule) -> str:
    """Return an example in which something goes, on one line, with a little of what stays around it.

    It is the first that is short; if none is, the shortest.
    """
    marked = [text.strip("\n").replace("\n", "⏎") for text in rule.examples if MARK.search(text)]
    line = next((text for text in marked if len(text) <= SHOWN), min(marked, key=len))
    first, last = line.index("[-"), line.rindex("-]") + 2
    room = max(NEAR, (SHOWN - (last - first)) // 2)
    before, removed, after = line[max(0, first - room) : first], line[first:last], line[last : last + room]
    if len(removed) > SHOWN:
        removed = f"{removed[: SHOWN // 2]} … {removed[-SHOWN // 2 :]}"
    return f"{'…' * (first > room)}{before}{removed}{after}{'…' * (last + room < len(line))}"


def _some(names: Sequence[str], what: str) -> str:
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} {what}"


def _text(text: str) -> str:
    """Return text as Markdown; what stands between back-ticks in it is code."""
    parts = text.replace("|", r"\|").split("`")
    parts[::2] = (part.replace("<", "&lt;").replace("*", r"\*").replace("_", r"\_") for part in parts[::2])
    return "`".join(parts)


def _code(text: str) -> str:
    """Return text as code in a cell of a table."""
    fence = "`" * (2 if "`" in text else 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", r"\|")


def commands_page() -> str:
    """Return the reference of the command line."""
    top = typer.main.get_command(app)
    parts = [
        MADE,
        "# Commands\n",
        "What `--help` says, of every command. The guide is [command-line.md](command-line.md).\n",
    ]
    for path, command in commands(top, ("cleaner",)):
        parts += [f"## {' '.join(path)}\n", *command_part(path, command)]
    return "\n".join(parts)


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield a command and those below it, each with its words."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from commands(below, (*path, name))


def command_part(path: Sequence[str], command: Any) -> Iterator[str]:
    """Yield the lines of a command: how it is called, what it does, its commands, arguments and options."""
    context = command.context_class(command)
    words = [*path, *command.collect_usage_pieces(context)]
    yield f"```text\n{' '.join(words)}\n```\n"
    for paragraph in "\n\n".join(map(inspect.cleandoc, filter(None, (command.help, command.epilog)))).split("\n\n"):
        is_example = paragraph.removeprefix("Example: ").startswith("cleaner ")
        yield f"```text\n{paragraph}\n```\n" if is_example else _text(paragraph) + "\n"
    below = [(name, one) for name, one in getattr(command, "commands", {}).items() if not one.hidden]
    if below:
        yield from ("| command | |", "|---|---|")
        for name, one in below:
            anchor = "-".join((*path, name))
            yield f"| [{name}](#{anchor}) | {_text(_first(one.help))} |"
        yield ""
    told = [
        param for param in command.get_params(context) if not getattr(param, "hidden", False) and param.name != "help"
    ]
    if told:
        yield from ("| | |", "|---|---|")
        yield from (f"| {_code(_spelling(param))} | {_text(_told(param))} |" for param in told)
        yield ""


def _first(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").partition("\n\n")[0].split())


def _spelling(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper())
    names = ", ".join(sorted((*param.opts, *param.secondary_opts), key=len))
    choices = getattr(param.type, "choices", ())
    value = "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    return names if param.is_flag else f"{names} {param.metavar or value or param.type.name.split()[0].upper()}"


def _told(param: Any) -> str:
    default = param.default
    if default in (None, False, "", ()) or callable(default) or param.is_eager:
        return param.help or ""
    return f"{param.help or ''} Default: {getattr(default, 'value', default)}."


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a page is stale")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not _is(HERE / name, text)]
    for name in stale:
        if not check:
            (HERE / name).write_text(pages()[name], encoding="utf-8")
        print(f"docs/{name}: {'is stale: run python docs/generate.py' if check else 'written'}")
    return int(check and bool(stale))


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
