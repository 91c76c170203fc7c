"""Help that fits a screen: options under headings, the rare ones only with --help-all."""

import inspect
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

WIDTH = 100  # columns
ALL = "help_all"  # where a context notes that all options are asked for
OPTIONS = "Options"

# The parameters of `clean` by heading; one that is not here stands under Options.
HEADINGS = {
    "Output (by default stdout)": ("out", "diff", "check", "output_format", "output_file", "in_place", "quiet"),
    "Input": ("form", "text_field", "include", "exclude"),
    "Rules": ("select", "ignore", "strict", "also", "tidy", "rules", "allow", "config", "isolated"),
}
RARE = {
    "Records": ("id_field", "url_field", "html_field", "markup", "left_out", "opt_out_field"),
    "Runs into a folder": ("report", "ledger", "jobs", "restart", "max_errors", "as_json"),
    "Care": ("guard", "time_limit", "no_verify"),
}
_HEADING_OF = {name: heading for group in (HEADINGS, RARE) for heading, names in group.items() for name in names}


def _show_all(context: typer.Context, _param: object, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        context.meta[ALL] = True
        typer.echo(context.get_help())
        context.exit()


class _Plain:
    """What commands and groups show alike."""

    help: str | None

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **(settings | {"rich_markup_mode": None}))

    def format_help_text(self, _ctx: object, formatter: Any) -> None:
        """Write what it does; of examples each line stays a line."""
        for paragraph in inspect.cleandoc(self.help or "").split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                if not paragraph.startswith("cleaner "):
                    formatter.write_text(paragraph)
                    continue
                for line in paragraph.split("\n"):
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class Command(_Plain, TyperCommand):
    """A command whose options stand under headings."""

    @property
    def has_rare(self) -> bool:
        """Whether some of its options are shown only with --help-all."""
        return self.name == "clean"

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its parameters, --help-all among them where it shows more than --help."""
        params: list[Any] = super().get_params(ctx)
        if self.has_rare:
            shown = TyperOption(
                param_decls=["--help-all"], is_flag=True, is_eager=True, expose_value=False, callback=_show_all,
                help="Show this message with every option and exit.",
            )  # fmt: skip
            params.append(shown)
        return params

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, a section for each heading."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            heading = _HEADING_OF.get(param.name, OPTIONS) if self.has_rare else OPTIONS
            record = param.get_help_record(ctx)
            if record and (heading not in RARE or ctx.meta.get(ALL)):
                heading = "Arguments" if param.param_type_name == "argument" else heading
                sections.setdefault(heading, []).append(record)
        for heading in ("Arguments", *HEADINGS, *RARE, OPTIONS):
            if heading in sections:
                with formatter.section(heading):
                    formatter.write_dl(sections[heading])


class Group(_Plain, TyperGroup):
    """A group of commands."""


class App(typer.Typer):
    """A typer application with plain help: faster than boxes, and more of it on a screen."""

    def __init__(self, **settings: Any) -> None:
        context = {"help_option_names": ["-h", "--help"], "max_content_width": WIDTH}
        super().__init__(**({"cls": Group, "rich_markup_mode": None, "context_settings": context} | settings))

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:
        """Add a command."""
        return super().command(name, **({"cls": Command} | settings))
