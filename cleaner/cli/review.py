"""`cleaner review`."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from cleaner.allow import FILE_NAME, load_allowed, written_out
from cleaner.batch.files import written
from cleaner.cli.help import App
from cleaner.cli.options import AsJson, RuleFolders, all_rules
from cleaner.cli.output import emit, emit_json
from cleaner.config import settle
from cleaner.report.diff import visible

app = App(help="Take over what was judged in a report.", no_args_is_help=True)


@app.callback()
def _review() -> None:
    pass


@app.command("apply", no_args_is_help=True)
def apply(
    decisions: Annotated[Path, typer.Argument(metavar="DECISIONS", help="What `Save decisions` in a report wrote.")],
    allow: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=f"The allow-list to add to, if not {FILE_NAME} here or in the nearest folder above."
        ),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Allow a text in every article, though it was judged in one.")
    ] = False,
    rules: RuleFolders = None,
    as_json: AsJson = False,
) -> None:
    """Keep what a report's reader called wrong.

    cleaner review apply decisions.json

    Wrong removals become entries of the allow-list, which `cleaner clean` finds by itself. A text that went more than
    once stays only in the article where it was judged, wherever it stands in it. Printed are examples to paste into the
    rules, and the precision estimated from what was judged of the random samples, with its 95 % interval (Wilson's
    score interval).
    """
    from cleaner.report import review  # noqa: PLC0415  its parts are slow to load

    held = review.load_decisions(decisions)
    settings = settle({"allow": allow, "rules": rules})
    target = settings.allow or Path(FILE_NAME)
    before = load_allowed(target) if target.exists() else ()
    known = {(entry.text.strip(), entry.article) for entry in before}
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    entries = review.exceptions(held["judged"], today, everywhere=everywhere)
    new = [entry for entry in entries if not {(entry.text, entry.article), (entry.text, "")} & known]
    lines = written_out(new, new=not target.exists())
    examples = review.examples(held["judged"], all_rules(settings.rules))
    overall, by_rule = review.precision(held)
    if new:
        old = target.read_bytes() if target.exists() else b""
        with written(target) as file:
            file.write(old + lines.encode())
    if as_json:
        estimates = {name: found.as_dict() for name, found in {"": overall, **by_rule}.items()}
        added = [{"text": entry.text, "article": entry.article, "rule": entry.rule} for entry in new]
        whole = estimates.pop("")
        emit_json(
            {"allow": str(target), "added": added, "precision": whole, "by_rule": estimates, "examples": examples}
        )
        return
    judged = held["judged"]
    report = [
        f"{len(judged):,} judged, {len(review.wrong(judged)):,} wrong; {len(new):,} added to {target}",
        f"precision: {overall}" if overall.seen else "precision: nothing of the random sample was judged",
        *(f"  {rule}: {found}" for rule, found in by_rule.items()),
    ]
    for rule, wanted in examples.items():
        report += ["", f"# {rule}: paste into its examples", *(f"    {line}" for line in wanted)]
    emit("".join(f"{visible(line)}\n" for line in report).encode("utf-8", "backslashreplace"))
