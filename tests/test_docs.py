"""The pages are true: their commands and their Python run, what they show is what comes out, what is made is fresh.

Each page is a session: its blocks run in order, in one folder that holds the files below. The tag of a block says more:

- `sh` runs, and every command in it must succeed;
- `console` has commands behind `$ `, and what they print must be what stands below them; `…` is any text, or any lines;
- `python` runs;
- `toml` is a rule, an allow-list or phrases, `yaml` a pre-commit configuration;
- `json`, `jsonl`, `text` and `diff` are not run.

`pytest tests/test_docs.py --accept` writes what the commands print into the pages.
"""

import json
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import regex

from benchmarks.corpora import gold, site
from benchmarks.gold import score, table_line
from cleaner import Cleaner, load_allowed
from cleaner.examples import failures
from cleaner.rules import load_rules
from docs.generate import pages
from tests.corpora import needs_corpora

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = regex.compile(r"^```(\w*)\n(.*?)^```$", regex.DOTALL | regex.MULTILINE)
LINK = regex.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
END = "\x1e"
ELSEWHERE = {
    "makes an environment and installs into it: .ci/run does that": ("README.md", "python3 -m venv"),
    "tests/test_engines.py runs all of it, where the engines are installed": ("engines.md", ""),
    "tests/test_check.py runs all of it": ("check.md", ""),
    "tests/test_config.py runs all of it": ("configuration.md", ""),
    "tests/test_dolma.py does it, where Dolma is installed": ("formats.md", "cleaner clean dump/documents"),
    "tests/test_rules_cli.py goes through it": ("CONTRIBUTING.md", ""),
}

ARTICLE = "The council met.\n© Getty Images\nIt agreed on a budget.\n"
FERRY = "The ferry sank.\nREAD MORE: Five dead in crash\nAll were saved."
PAGE = """<html><head><title>Budget agreed</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Budget agreed</h1>
<p>The council met on Tuesday to speak about the budget of the coming year, and agreed on it late in the evening.</p>
<aside class="related-articles"><a href="/2">Five things to know about the harbour</a></aside>
<p>Nobody voted against it, the mayor said, although two members had left the room before the vote was taken.</p>
<p>Photo: Ann Lee/Getty Images</p></article>
<footer><p>Follow us on Facebook</p></footer></body></html>
"""
RECORDS = [
    {"id": "2024-117", "url": "https://example.org/budget", "text": ARTICLE},
    {"id": "2024-118", "url": "https://example.org/ferry", "text": FERRY},
    {"id": "2024-119", "url": "https://example.com/port", "text": "The port closes in May."},
]
DUMP = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)
FILES = {
    "article.txt": ARTICLE,
    "page.html": PAGE,
    "dump.jsonl": DUMP + '{"id": "2024-120", "text": \n',
    "crawl.jsonl": '{"id": "a", "text": "<p>It rained &amp; snowed.</p>\\n<p>Read more: Roads closed</p>"}\n',
    "scraped/budget.txt": ARTICLE,
    "scraped/ferry.html": PAGE.replace("budget", "ferry"),
    "scraped/more/port.txt": "The port closes in May.\n",
}


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return tag and text of each block of a page."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def is_elsewhere(page: Path, block: str) -> bool:
    return any(page.name == name and block.startswith(start) for name, start in ELSEWHERE.values())


class Session:
    """The blocks of a page at work in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, programs = folder / "work", folder / "programs"
        for name, text in FILES.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        programs.mkdir()
        (programs / "cleaner").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cleaner "$@"\n')
        (programs / "cleaner").chmod(0o755)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.env = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "TERM": "dumb"}

    def run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}{done.stderr}"
        return done.stdout

    def sh(self, block: str) -> str:
        self.run("bash", "-euc", block)
        return block

    def python(self, block: str) -> str:
        self.run(sys.executable, "-W", "error", "-c", block)
        return block

    def console(self, block: str) -> str:
        """Run the commands of a block; return the block with what they print."""
        parts = regex.findall(r"^\$ (.*\n)((?:(?!\$ ).*\n)*)", block, regex.MULTILINE)
        script = "".join(f"{{\n{command}}} 2>&1\nlast=$?; printf '{END}'; (exit $last)\n" for command, _ in parts)
        printed = self.run("bash", "-c", f"{script}true").split(END)
        shown = (_as_shown(wanted, got) for (_, wanted), got in zip(parts, printed, strict=False))
        return "".join(f"$ {command}{told}" for (command, _), told in zip(parts, shown, strict=True))


def _as_shown(wanted: str, got: str) -> str:
    """Return what is to be shown: what stands there, where it is right but for what it leaves out."""
    pattern = regex.sub("(?m)^…\n", "(?:.*\n)*?", regex.escape(wanted)).replace("…", ".*?")
    return wanted if regex.fullmatch(pattern, got) else got


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    session, text = Session(tmp_path), page.read_text(encoding="utf-8")
    for tag, block in blocks(page):
        if tag not in {"sh", "console", "python"} or is_elsewhere(page, block):
            continue
        shown = getattr(session, tag)(block)
        if request.config.getoption("--accept"):
            text = text.replace(f"```{tag}\n{block}```", f"```{tag}\n{shown}```")
        else:
            assert shown == block
    if request.config.getoption("--accept"):
        page.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page: Path) -> None:
    known = {"sh", "console", "python", "toml", "json", "jsonl", "yaml", "text", "diff"}
    assert {tag for tag, _ in blocks(page)} <= known
    assert page.read_text(encoding="utf-8").count("\n```") == 2 * len(blocks(page)) - page.read_text().startswith("```")


def data(tag: str) -> list[Any]:
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in PAGES
        for number, (found, block) in enumerate(blocks(page))
        if found == tag
    ]


@pytest.mark.parametrize("block", data("toml"))
def test_rules_and_allow_lists_work(block: str, tmp_path: Path) -> None:
    keys = set(tomllib.loads(block))
    path = tmp_path / "kind" / "name.toml"
    path.parent.mkdir()
    path.write_text(block, encoding="utf-8")
    if keys == {"allow"}:
        assert load_allowed(path)
    elif keys & {"pattern", "select"}:
        assert failures(load_rules(tmp_path)[0]) == []


@pytest.mark.parametrize("block", data("yaml"))
def test_hooks_that_are_named_are_there(block: str) -> None:
    there = set(regex.findall(r"^- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(), regex.MULTILINE))
    assert set(regex.findall(r"- id: (\S+)", block)) <= there


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for name, anchor in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        target = (page.parent / name) if name else page
        assert target.exists(), name
        if anchor:
            assert anchor in anchors(target), f"{name}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rows_of_tables_have_as_many_cells_as_their_heads(page: Path) -> None:
    tables = regex.findall(r"(?:^\|.*\n)+", BLOCK.sub("", page.read_text(encoding="utf-8")), regex.MULTILINE)
    for table in tables:
        head, *rows = [len(regex.findall(r"(?<!\\)\|", line)) for line in table.splitlines()]
        assert set(rows) == {head}, table.splitlines()[0]


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page can be linked by, as GitHub makes it."""
    headings = regex.findall(r"^#+ (.*)$", BLOCK.sub("", page.read_text(encoding="utf-8")), regex.MULTILINE)
    return {regex.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("name", "text"), list(pages().items()), ids=list(pages()))
def test_pages_that_are_made_are_fresh(name: str, text: str) -> None:
    stale = (ROOT / "docs" / name).read_text(encoding="utf-8") != text
    assert not stale, f"docs/{name} is stale: run `python docs/generate.py`"


@needs_corpora
def test_figures_are_those_of_the_command() -> None:
    """Of the cleaner itself; those of others change with their versions."""
    cleaner = Cleaner()
    results = {row["id"]: cleaner.clean(row["text"], site(row)) for row in gold()}
    page = (ROOT / "docs" / "precision.md").read_text(encoding="utf-8")
    line = table_line("cleaner, by its ledger", score(results, "--json"))
    assert line in page
    assert line in (ROOT / "README.md").read_text(encoding="utf-8")
    told = {junk: share for share, junk in regex.findall(r"\| ([\d.]+) % \| ([\d,]+) \|$", page, regex.MULTILINE)}
    scored = "".join(score(results, "--by", by) for by in ("lang", "category"))
    found = {
        f"{int(junk):,}": f"{100 * float(share):.1f}"
        for share, junk in regex.findall(r"recall (\S+)  junk +(\d+)", scored)
    }
    assert told.items() <= found.items()
    assert len(told) >= 16


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[1:] if page.name != "index.md" and f"{page.name})" not in index] == []
