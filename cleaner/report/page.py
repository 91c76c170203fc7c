"""The page of a run: one HTML file that holds all it shows and asks the network for nothing."""

import base64
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import regex
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cleaner.report.compare import SIDES, Comparison
from cleaner.report.gather import gather
from cleaner.report.run import Run
from cleaner.report.sample import SEED
from cleaner.report.tally import SHARES

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("text.js", "data.js", "lists.js", "views.js", "article.js", "review.js", "main.js")
TOP = 12  # rows of a chart
# As in text.js: all but the selectors that emoji are written with.
_INVISIBLE = regex.compile(r"(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]")


def page(run: Run, seed: int = SEED) -> str:
    """Return the page of a run.

    Raises:
        CleanerError: the run cannot be read.
    """
    return render_run(gather(run, seed), run.out.name or "run")


def render_run(data: Mapping[str, Any], title: str) -> str:
    """Return the page of gathered data."""
    totals = data["totals"]
    names = ["overview", "rules", *(["sites"] if data["sites"] else []), "articles", "removals", "review"]
    return render(
        "run.html",
        data,
        title=title,
        views=names,
        run=data["run"],
        totals=totals,
        sizes=data["sizes"],
        seed=data["seed"],
        categories=_chart(data["categories"], "category"),
        top_rules=_chart(data["rules"][:TOP], "name"),
        rules_total=f"{len(data['rules']):,}",
        top_sites=_chart(data["sites"][:TOP], "name"),
        sites_shown=len(data["sites"]),
        all_sites=data["all_sites"],
        languages=_chart([row for row in data["languages"] if row["name"]][:TOP], "lang"),
        shares=_shares(totals["shares"]),
        shown=len(data["removals"]),
        complete=len(data["removals"]) == totals["removals"] + totals["elements"],
        percent=percent,
    )


def compare_page(first: Run, second: Run, comparison: Comparison) -> str:
    """Return the page of a comparison of two runs."""
    whys = second.whys | first.whys
    only = {side: comparison.only[side] for side in SIDES}
    names = sorted(set(only["A"].by_rule) | set(only["B"].by_rule))
    rows: list[dict[str, Any]] = [
        {"name": name, "a": only["A"].by_rule[name], "b": only["B"].by_rule[name]} for name in names
    ]
    rows.sort(key=lambda row: (-row["a"] - row["b"], row["name"]))
    most = max((max(row["a"], row["b"]) for row in rows), default=0)
    for row in rows:
        row |= {"why": whys.get(row["name"], ""), "query": _query("rule", row["name"])}
        row |= {"width_a": _width(row["a"], most), "width_b": _width(row["b"], most)}
    removals = [item for side in SIDES for item in comparison.drawn(side, more=True)]
    data = {"compared": True, "rules": rows, "removals": removals, "articles": [], "totals": {}, "run": {}, "seed": 0}
    titles = [run.out.name or str(run.out) for run in (first, second)]
    held = sum(difference.removals for difference in only.values())
    return render(
        "compare.html",
        data,
        title=f"{titles[0]} and {titles[1]}",
        views=["overview", "removals"],
        run=first.summary,
        runs=[(side, title, run.summary) for side, title, run in zip(SIDES, titles, (first, second), strict=True)],
        only=only,
        found=comparison,
        rows=rows,
        shown=len(removals),
        all_shown=held == len(removals),
        held=held,
    )


def render(template: str, data: Mapping[str, Any], **values: Any) -> str:
    """Return a page: a template, the style, the scripts, and the data as inert JSON.

    The policy of the page lets this one style and these scripts run, by their hashes, and nothing load.
    """
    environment = Environment(
        loader=FileSystemLoader(ASSETS), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["visible"] = shown
    style, script = _asset("page.css"), '"use strict";\n' + "\n".join(map(_asset, SCRIPTS))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    held = {"style": Markup(style), "script": Markup(script), "data": Markup(embedded(data))}  # noqa: S704  ours, and escaped
    page = environment.get_template(template).render(policy=policy, **held, **values)
    return page.encode("utf-8", "backslashreplace").decode()


def embedded(data: Mapping[str, Any]) -> str:
    r"""Return data as JSON that no text in it can break out of: `<`, `>`, `&` and odd line ends are escapes."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029\x7f":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def shown(text: str) -> str:
    """Return a text with every character that steers, reorders or cannot be seen as its number: `‹U+202E›`."""
    return str(_INVISIBLE.sub(lambda match: f"‹U+{ord(match[0]):04X}›", text))


def percent(part: int, whole: int) -> str:
    """Return a share as text, with one digit where it is small."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.0f} %" if share >= 10 or not part else f"{share:.1f} %"  # noqa: PLR2004  two digits either way


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _chart(rows: Iterable[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    counts = [(row["name"], row["removals"] + row["elements"]) for row in rows]
    most = max((count for _, count in counts), default=0)
    return [
        {"name": name, "count": count, "width": _width(count, most), "query": _query(key, name)}
        for name, count in counts
        if count
    ]


def _query(key: str, name: str) -> str:
    return urlencode({key: name}, errors="replace")


def _width(count: int, most: int) -> float:
    return round(100 * count / most, 2) if most else 0.0


def _shares(counts: Iterable[int]) -> list[dict[str, Any]]:
    counts = list(counts)
    starts = (0.0, *SHARES)
    return [
        {"name": f"{math.floor(start * 100)}–{end * 100:.0f} %", "count": count, "width": _width(count, max(counts))}
        for start, end, count in zip(starts, SHARES, counts, strict=False)
    ]
