"""Options that several commands share, and those that a config file may set too."""

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner.allow import FILE_NAME, load_allowed
from cleaner.clean import GUARD, TIME_LIMIT, Cleaner
from cleaner.cli.complete import groups, rules_or_categories
from cleaner.config import KEYS, LEAST_TIME, Settings, settle
from cleaner.model import Rule
from cleaner.records import Fields
from cleaner.rules import builtin_rules, load_rules

RuleFolders = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="DIR", help="A folder of your own rules; one with a built-in's id replaces it."),
]
Seed = Annotated[int, typer.Option(metavar="N", help="Of the random sample; the same seed draws the same.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _option(name: str, kind: Any, help: str, **more: Any) -> inspect.Parameter:  # noqa: A002  as typer calls it
    """Return an option without a default: where the command line says nothing, the config file may."""
    decls = [f"--{name}/--no-{name}"] if kind is bool else [f"--{name}"]
    option = typer.Option(*decls, help=help, **more)
    annotation = Annotated[kind | None, option]
    return inspect.Parameter(
        name.replace("-", "_"), inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
    )


_OF_RULES: dict[str, Any] = {"metavar": "RULE", "autocompletion": rules_or_categories}
_OF_A_FIELD = {"metavar": "FIELD"}
_SETTINGS = [
    _option("select", list[str], "Only these rules or categories, e.g. credit,runon/person.", **_OF_RULES),
    _option("ignore", list[str], "All but these rules or categories.", **_OF_RULES),
    _option("strict", bool, "Also use the rules that trade a little of the story for more junk."),
    _option(
        "also",
        list[str],
        "Also remove text about the story, e.g. byline,dateline.",
        metavar="GROUP",
        autocompletion=groups,
    ),
    _option("tidy", bool, "Also remove trailing spaces and surplus blank lines."),
    _option("rules", list[Path], "A folder of your own rules; one with a built-in's id replaces it.", metavar="DIR"),
    _option(
        "guard",
        float,
        f"A text that would lose more than this share stays; {GUARD} by default.",
        min=0,
        max=1,
        metavar="SHARE",
    ),
    _option(
        "time-limit",
        float,
        f"Seconds for a document, or it stays; {TIME_LIMIT:g} by default.",
        min=LEAST_TIME,
        metavar="SECONDS",
    ),
    _option("text-field", list[str], "What holds the text of a record, `text` by default; repeatable.", **_OF_A_FIELD),
    _option("id-field", str, "What holds its id, `id` by default.", **_OF_A_FIELD),
    _option("url-field", str, "What holds its url, `url` by default.", **_OF_A_FIELD),
    _option("html-field", str, "What holds a page; its article goes to the text field.", **_OF_A_FIELD),
    _option("opt-out-field", str, "A record with false or off in this stays; `cleaner` by default.", **_OF_A_FIELD),
    _option("markup", bool, "Texts of JSON records may hold tags and entities."),
    _option("include", list[str], "Of folders, read only files like this.", metavar="GLOB"),
    _option("exclude", list[str], "Of folders, leave out files like this.", metavar="GLOB"),
    _option("allow", Path, f"Exact texts that stay; by default {FILE_NAME}, here or above.", metavar="FILE"),
]
_CONFIG = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The config file; by default the nearest, here or above."),
]
_ISOLATED = Annotated[bool, typer.Option("--isolated", help="Look for no config file and no allow-list.")]
_FILES = [
    inspect.Parameter("config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_CONFIG),
    inspect.Parameter("isolated", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_ISOLATED),
]


def configured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all options of a config file; it takes what is in force as `settings`."""
    signature = inspect.signature(command)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "settings"]
    parameters = own + _SETTINGS + _FILES

    @functools.wraps(command)
    def settled(**given: Any) -> None:
        asked = {key: _asked(key, given.pop(key.replace("-", "_"), None)) for key in KEYS}
        settings = settle(asked, given.pop("config"), isolated=given.pop("isolated"))
        command(**given, settings=settings)

    # typer reads both
    settled.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    settled.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return settled


def _asked(key: str, value: Any) -> Any:
    """Return a value of the command line as settings hold it, None where there is none."""
    kind = KEYS[key].kind
    if value is None or (isinstance(value, list) and not value):
        return None
    if kind == "names":
        return tuple(names(value))
    return tuple(value) if isinstance(value, list) else value


def cleaner_of(settings: Settings) -> Cleaner:
    """Return the cleaner that the settings ask for."""
    rules = all_rules(settings.rules)
    settings.check(rules)
    return Cleaner(
        rules,
        select=settings.select,
        ignore=settings.ignore,
        strict=settings.strict,
        also=settings.also,
        allow=load_allowed(settings.allow) if settings.allow else (),
        tidy=settings.tidy,
        guard=settings.guard,
        time_limit=settings.time_limit,
    )


def fields_of(settings: Settings, *, left_out: bool) -> Fields:
    """Return the fields that the settings name."""
    first, *more = settings.text_field
    return Fields(
        first,
        settings.id_field,
        settings.url_field,
        tuple(more),
        html=settings.html_field,
        markup=settings.markup,
        left_out=left_out,
        opt_out=settings.opt_out_field,
    )


def all_rules(folders: Iterable[Path] | None) -> tuple[Rule, ...]:
    """Return the built-in rules and the user's own."""
    rules = {rule.id: rule for rule in builtin_rules()}
    for folder in folders or ():
        rules |= {rule.id: rule for rule in load_rules(folder)}
    return tuple(rules.values())


def rule_folders(given: Sequence[Path] | None) -> tuple[Path, ...]:
    """Return the folders of rules that the command line gives, else those that the config file names."""
    return tuple(given) if given else settle({}).rules


def names(values: Sequence[str] | None) -> list[str]:
    """Return the names in options that may be repeated and may hold commas."""
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]
