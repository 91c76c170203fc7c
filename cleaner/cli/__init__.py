"""The command line: arguments in, exit code out."""

import gc
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from cleaner import __version__
from cleaner.cli import clean, compare, config, report, restore, review, rules, show, stats
from cleaner.cli.output import say
from cleaner.errors import CleanerError

app = typer.Typer(
    name="cleaner",
    help="Strip boilerplate and link junk out of scraped articles, and account for every character that goes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
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
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


class _Stopped(BaseException):
    """Ctrl-C; no KeyboardInterrupt, which the command line library turns into exit code 1."""


def _stop(_signum: int, _frame: FrameType | None) -> None:
    raise _Stopped


def main() -> None:
    """Run the command line; errors that the user can mend are one line on stderr and exit code 2."""
    signal.signal(signal.SIGINT, _stop)
    gc.disable()  # loading makes many objects and no garbage; what cleans long turns it on again
    try:
        app(prog_name="cleaner")
    except CleanerError as error:
        say(f"cleaner: {error}")
        sys.exit(2)
    except OSError as error:
        say(f"cleaner: {error.filename or 'output'}: {error.strerror}")
        sys.exit(2)
    except _Stopped:
        print(
            "cleaner: stopped; no file was left half written, and a run with -o goes on when it is started again",
            file=sys.stderr,
        )
        sys.exit(130)
