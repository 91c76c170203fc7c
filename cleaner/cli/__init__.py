"""The command line: arguments in, exit code out."""

import gc
import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any

import typer

from cleaner import __version__
from cleaner.cli import clean, compare, config, report, restore, review, rules, show, stats
from cleaner.cli.help import App
from cleaner.cli.output import finish, ready, say
from cleaner.errors import CleanerError

DEBUG = "--debug"
UsageError = typer.BadParameter.__mro__[1]  # typer has it under other names in other versions

app = App(
    name="cleaner",
    help="""Strip boilerplate and link junk out of scraped articles, and account for every character that goes.

    cleaner clean article.txt > clean.txt   one article
    cleaner clean scraped/ -o cleaned       a folder, with an account of what went
    cleaner clean article.txt --diff        what would go
    """,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done; 1 --check found junk, or --in-place changed a file; 2 something could not be done.",
)
app.command("clean", no_args_is_help=True)(clean.clean)
app.command("restore", no_args_is_help=True)(restore.restore)
app.command("report", no_args_is_help=True)(report.report)
app.command("show", no_args_is_help=True)(show.show)
app.command("stats", no_args_is_help=True)(stats.stats)
app.command("compare", no_args_is_help=True)(compare.compare)
app.command("config")(config.config)
app.add_typer(review.app, name="review")
app.add_typer(rules.app, name="rules")


def _show_version(asked: bool) -> None:
    if asked:
        print(f"cleaner {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    _debug: Annotated[bool, typer.Option(DEBUG, help="Show where an error comes from; may stand anywhere.")] = False,
) -> None:
    pass


class _Stopped(BaseException):
    """Ctrl-C; no KeyboardInterrupt, which the command line library turns into exit code 1."""


def _stop(_signum: int, _frame: FrameType | None) -> None:
    raise _Stopped


def main() -> None:
    """Run the command line; whatever goes wrong is one line on stderr and exit code 2."""
    signal.signal(signal.SIGINT, _stop)
    gc.disable()  # loading makes many objects and no garbage; what cleans long turns it on again
    ready()
    args, debug = _without_debug(sys.argv[1:])
    try:
        code = app(args, prog_name="cleaner", standalone_mode=False)
    except _Stopped:
        say("cleaner: stopped; no file was left half written, and a run with -o goes on when it is started again")
        code = 130
    except Exception as error:  # noqa: BLE001  a traceback is for those who ask for it
        if debug:
            import traceback  # noqa: PLC0415

            traceback.print_exc()
        _tell(error)
        code = 2
    sys.exit(finish(code if isinstance(code, int) else 0))


def _without_debug(args: list[str]) -> tuple[list[str], bool]:
    """Take --debug out of the options, wherever it stands among them."""
    options = args[: args.index("--")] if "--" in args else args
    kept = [arg for arg in options if arg != DEBUG]
    return kept + args[len(options) :], len(kept) < len(options)


def _tell(error: Exception) -> None:
    """Say what went wrong in a line."""
    if isinstance(error, CleanerError):
        say(f"cleaner: {error}")
    elif isinstance(error, UsageError):
        _tell_usage(error)
    elif isinstance(error, OSError) and error.strerror:
        say(f"cleaner: {os.fsdecode(error.filename or 'output')}: {error.strerror}")
    elif isinstance(error, MemoryError):
        say("cleaner: out of memory: give fewer --jobs, or smaller files")
    else:
        kind = type(error).__name__
        say(f"cleaner: internal error: {kind}: {error}: run it again with {DEBUG} and report what it prints")


def _tell_usage(error: Any) -> None:
    """Say how the command line is wrong, with what may have been meant."""
    message, context = error.format_message(), error.ctx
    if "\n" in message:  # the help of a command that was called without anything
        print(message, file=sys.stderr)
        return
    near = getattr(error, "possibilities", None)
    message = f"{error.message}: did you mean {near[0]}?" if near else message.rstrip(".")
    say(f"cleaner: {message[:1].lower()}{message[1:]} (see {context.command_path if context else 'cleaner'} --help)")
