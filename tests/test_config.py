"""Settings: which config file counts, what it may say, and what wins; what is spared by file and by record."""

import io
import json
import pickle
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.config import KEYS, KINDS, Settings, find_config, settle, toml
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, find_sources
from cleaner.spare import Ignore
from tests.runs import JUNK, LINE
from tests.test_cli import Runner, run

__all__ = ["run"]

ROOT = Path(__file__).parents[1]
CREDIT = "© Getty Images\n"
TEXT = f"The council met.\n{CREDIT}It agreed on a budget.\n"
CLEAN = TEXT.replace(CREDIT, "")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command runs in, with one article."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT)
    return tmp_path


def cleaned(run: Runner, *args: object) -> str:
    done = run("clean", "-q", "a.txt", *args)
    assert done.code == 0, done.err
    return done.out.decode()


# Which file counts


def test_the_nearest_file_counts(home: Path) -> None:
    deep = home / "b" / "c"
    deep.mkdir(parents=True)
    assert find_config(deep) is None
    (home / "pyproject.toml").write_text("[tool.cleaner]\nstrict = true\n")
    assert find_config(deep) == home / "pyproject.toml"
    (home / "b" / "cleaner.toml").write_text("")
    assert find_config(deep) == home / "b" / "cleaner.toml"


def test_cleaner_toml_goes_before_pyproject_toml(home: Path) -> None:
    (home / "pyproject.toml").write_text("[tool.cleaner]\nstrict = true\n")
    (home / "cleaner.toml").write_text("tidy = true\n")
    found = settle({})
    assert (found.strict, found.tidy) == (False, True)


@pytest.mark.parametrize("content", ["[project]\nname = 'cleaner'\n", "[tool.ruff]\nx = 1", "[tool]\na = 1", "["])
def test_a_pyproject_without_the_table_is_passed_over(home: Path, content: str) -> None:
    below = home / "below"
    below.mkdir()
    (home / "cleaner.toml").write_text("")
    (below / "pyproject.toml").write_text(content)
    assert find_config(below) == home / "cleaner.toml"


@pytest.mark.parametrize(
    "content",
    [
        "[tool.cleaner]\nstrict = true",
        "[ tool . 'cleaner' ]\nstrict = true",
        "[tool]\ncleaner = {strict = true}",
        "[tool]\ncleaner.strict = true",
        "tool.cleaner.strict = true",
        "tool = {cleaner = {strict = true}}",
    ],
)
def test_the_table_is_found_however_it_is_written(home: Path, content: str) -> None:
    (home / "pyproject.toml").write_text(content)
    assert settle({}).strict


def test_another_file_or_none_can_be_asked_for(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("ignore = ['credit']\n")
    (home / "other.toml").write_text("select = ['credit']\nallow = ''\n")
    (home / "cleaner-allow.toml").write_text(f"[[allow]]\ntext = {json.dumps(CREDIT)}\n")
    assert cleaned(run) == TEXT
    assert cleaned(run, "--isolated") == CLEAN
    assert cleaned(run, "--config", "other.toml") == CLEAN


def test_a_file_and_none_exclude_each_other(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("")
    done = run("clean", "a.txt", "--config", "cleaner.toml", "--isolated")
    assert (done.code, done.err) == (2, "cleaner: --config and --isolated exclude each other: choose one\n")


def test_a_pyproject_that_is_named_must_hold_the_table(run: Runner, home: Path) -> None:
    (home / "pyproject.toml").write_text("[project]\n")
    done = run("clean", "a.txt", "--config", "pyproject.toml")
    assert (done.code, done.err) == (2, "cleaner: pyproject.toml: holds no table [tool.cleaner]\n")


# What it may say


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("slect = ['credit']", "slect: unknown key; did you mean select?"),
        ("text_field = 'body'", "text_field: unknown key; did you mean text-field?"),
        (
            "[tool.cleaner]\ntidy = true",
            "[tool.cleaner] stands in pyproject.toml alone: write its keys here without it",
        ),
        ("colour = true", "colour: unknown key; known keys are select, ignore, strict"),
        ("select = 'credit'", "select: must be a list of texts, not 'credit'; did you mean [\"credit\"]?"),
        ("select = [1]", "select: must be a list of texts, not [1]"),
        ("strict = 'true'", "strict: must be true or false, not 'true'; did you mean true?"),
        ("guard = 1.5", "guard: must be a number from 0 to 1, not 1.5"),
        ("guard = true", "guard: must be a number from 0 to 1, not True"),
        ("time-limit = 0", "time-limit: must be a number of 0.01 or more, not 0"),
        ("time-limit = inf", "time-limit: must be a number of 0.01 or more, not inf"),
        ("text-field = []", "text-field: must be a text or a list of texts, not []"),
        ("id-field = 5", "id-field: must be a text, not 5"),
        ("per-file-ignores = ['a']", "per-file-ignores: must be a table of globs, each with a list of rules"),
        ("per-file-ignores = {a = 'credit'}", "per-file-ignores: must be a table of globs"),
        ("rules = ['rulez']", "rules: rulez: is not there; did you mean rules?"),
        ("allow = 'lists.toml'", "allow: lists.toml: is not there; did you mean list.toml?"),
        ("select = ['credt']", "select: no rule or category is called credt: did you mean credit?"),
        ("ignore = ['credit/gety']", "ignore: no rule or category is called credit/gety: did you mean credit/"),
        ("also = ['bylin']", "also: no group of rules is called bylin; did you mean byline?"),
        ("per-file-ignores = {'a' = ['credt']}", "per-file-ignores: no rule or category is called credt: did you mean"),
        ("x = ", "not valid TOML"),
    ],
)
def test_a_mistake_is_one_line_with_file_key_and_mend(run: Runner, home: Path, content: str, message: str) -> None:
    (home / "rules").mkdir()
    (home / "list.toml").write_text("")
    (home / "cleaner.toml").write_text(content)
    for command in (("clean", "a.txt"), ("config",)):
        done = run(*command)
        assert (done.code, done.out, done.err.count("\n")) == (2, b"", 1)
        assert f"{home / 'cleaner.toml'}: {message}" in done.err


def test_a_hostile_file_cannot_fill_the_screen_or_steer_it(run: Runner, home: Path) -> None:
    for content in (
        f"select = '{'x' * 100_000}'",
        '"a\\n\\u001b[2J" = 1',
        "x = " + "[" * 100_000,
        f"{'x' * 100_000} = 1",
    ):
        (home / "cleaner.toml").write_text(content)
        done = run("clean", "a.txt")
        assert (done.code, done.err.count("\n"), "\x1b" in done.err) == (2, 1, False)
        assert len(done.err) < 800


def test_a_wrong_name_on_the_command_line_names_no_file(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("select = ['credt']\n")
    done = run("clean", "a.txt", "--select", "credti")
    assert done.err == "cleaner: no rule or category is called credti: did you mean credit?\n"


def test_folders_and_files_count_from_the_config_file(run: Runner, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "own" / "kind").mkdir(parents=True)
    (home / "own" / "kind" / "met.toml").write_text(
        "why = 'A council.'\nliterals = ['council']\npattern = 'council'\n"
        "examples = ['[-The council met.-]', 'The board met.']\n"
    )
    (home / "list.toml").write_text("[[allow]]\ntext = '© Getty Images'\n")
    (home / "cleaner.toml").write_text("rules = ['own']\nallow = 'list.toml'\n")
    (home / "deep").mkdir()
    monkeypatch.chdir(home / "deep")
    assert run("clean", "-q", "../a.txt").out.decode() == TEXT.replace("The council met.\n", "")


def test_every_key_does_what_it_says(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text(
        "text-field = ['body', 'head']\nid-field = 'key'\nurl-field = 'link'\nopt-out-field = 'skip'\n"
        "include = ['*.jsonl']\nexclude = ['not*']\ntidy = true\nmarkup = false\n"
    )
    row = {"key": 7, "body": f"A story.  \n{CREDIT}On.\n", "head": "T", "link": "https://x.example/a"}
    (home / "in").mkdir()
    (home / "in" / "a.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row | {"skip": "off"}) + "\n")
    (home / "in" / "not.jsonl").write_text("broken")
    (home / "in" / "b.txt").write_text(CREDIT)
    assert run("clean", "in", "-o", "out", "-q").code == 0
    first, second = (home / "out" / "clean" / "a.jsonl").read_text().splitlines()
    assert json.loads(first)["body"] == "A story.\nOn.\n"
    assert json.loads(second) == row | {"skip": "off"}
    assert [path.name for path in (home / "out" / "clean").iterdir()] == ["a.jsonl"]
    (ledger,) = {json.loads(line)["id"] for line in (home / "out/removals/a.jsonl.jsonl").read_text().splitlines()}
    assert ledger == "7"
    assert json.loads((home / "out" / "run.json").read_text())["counts"]["by_site"] == {"x.example": 2}


def test_a_page_in_a_record_and_its_markup(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("markup = true\n")
    (home / "a.jsonl").write_text(json.dumps({"text": "The council <b>met</b> &amp; left.\n"}) + "\n")
    assert json.loads(run("clean", "-q", "a.jsonl").out)["text"] == "The council met & left.\n"
    assert "&amp;" in json.loads(run("clean", "-q", "a.jsonl", "--no-markup").out)["text"]


def test_the_guard(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("guard = 0.1\n")
    done = run("clean", "a.txt")
    assert (done.code, done.out.decode()) == (2, TEXT)
    assert "the guard is 10%" in done.err
    assert cleaned(run, "--guard", "0.5") == CLEAN


# What wins


def test_the_command_line_replaces_what_the_file_says(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("ignore = ['credit']\nstrict = true\n")
    assert cleaned(run) == TEXT
    assert cleaned(run, "--ignore", "promo,legal") == CLEAN
    told = json.loads(run("config", "--json", "--no-strict", "--ignore", "promo,legal").out)["settings"]
    assert told["strict"] == {"value": False, "from": "command line"}
    assert told["ignore"] == {"value": ["promo", "legal"], "from": "command line"}


def test_what_is_in_force_is_printed_with_where_it_comes_from(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("tidy = true\nper-file-ignores = {'a*' = ['credit', 'legal']}\n")
    (home / "cleaner-allow.toml").write_text("")
    lines = run("config", "--select", "credit").out.decode().splitlines()
    origins = {line.split(" = ")[0]: line.rpartition("  # ")[2] for line in lines[1:]}
    assert lines[0] == f"# {home / 'cleaner.toml'}"
    assert list(origins) == list(KEYS)
    assert origins["select"] == "command line"
    assert origins["tidy"] == origins["per-file-ignores"] == str(home / "cleaner.toml")
    assert origins["allow"] == str(home / "cleaner-allow.toml")
    assert {origins[key] for key in KEYS} == {"command line", "default", origins["tidy"], origins["allow"]}


def test_what_is_printed_is_a_config_file_that_says_the_same(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text(
        "exclude = ['a \"b\"', 'c\\\\d']\nper-file-ignores = {'a b*' = ['credit', 'ALL'], \"q\\\"\" = ['legal']}\n"
        "text-field = 'body'\nguard = 0\n"
    )
    before = settle({})
    (home / "again.toml").write_bytes(run("config").out)
    after = settle({}, home / "again.toml")
    assert [after.plain(key) for key in KEYS] == [before.plain(key) for key in KEYS]


@pytest.mark.parametrize("value", ["", 'a"b\\\n\x7f', True, 0.5, [], ["a"], {"a b": ["c"]}])
def test_values_are_written_as_toml(value: Any) -> None:
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value


def test_the_hook_goes_by_the_config_of_the_repository(run: Runner, home: Path) -> None:
    """As pre-commit runs it: from the root, with the names of files."""
    (home / "pyproject.toml").write_text("[tool.cleaner.per-file-ignores]\n'quotes/*' = ['credit']\n")
    (home / "quotes").mkdir()
    (home / "quotes" / "b.txt").write_text(TEXT)
    done = run("clean", "--in-place", "a.txt", "quotes/b.txt")
    assert (done.code, (home / "a.txt").read_text(), (home / "quotes/b.txt").read_text()) == (1, CLEAN, TEXT)
    assert run("clean", "--check", "a.txt", "quotes/b.txt").code == 0


# Per-file ignores


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("a.txt", "in/deep/a.txt", True),
        ("in/*", "in/deep/a.txt", True),
        ("in/*", "out/in/a.txt", False),
        ("*/deep/*", "in/deep/a.txt", True),
        ("a", "a.txt", False),
        ("s3://bucket/*", "s3://bucket/x/a.txt", True),
        ("*.jsonl", "s3://bucket/x/a.jsonl", True),
    ],
)
def test_a_glob_fits_a_name_or_a_path_from_the_config_file_on(home: Path, glob: str, path: str, fits: bool) -> None:
    assert Ignore(glob, "credit", home).fits(path) is fits


def test_a_cleaner_without_rules_removes_what_one_that_ignores_them_does() -> None:
    text = "x junk\nAD one\nstory\n\nAD two\nmore junk of it\n"
    for names in (["kind"], ["kind/junk"], ["other/line"], ["kind", "other"], ["ki"]):
        known = [name for name in names if name != "ki"]
        result = Cleaner([JUNK, LINE]).without(names).clean(text)
        assert result.removals == Cleaner([JUNK, LINE], ignore=known).clean(text).removals
        assert result.spared.ignored == {rule for rule in ("kind/junk", "other/line") if rule.startswith(tuple(known))}


def test_a_cleaner_without_all_changes_nothing_and_shares_what_is_ready() -> None:
    cleaner = Cleaner([JUNK, LINE], tidy=True)
    other = cleaner.without(["ALL"])
    assert other.clean("junk  \nstory  \n\n\n\n").removals == ()
    assert other.finder is cleaner.finder
    assert cleaner.clean("story  \n").text == "story\n"


def test_it_can_be_pickled() -> None:
    other = pickle.loads(pickle.dumps(Cleaner([JUNK, LINE]).without(["kind"])))  # noqa: S301  our own
    assert other.clean("x junk\nAD one\nstory\n").text == "x junk\nstory\n"


def test_they_hold_in_every_way_of_cleaning(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("per-file-ignores = {'b.txt' = ['credit'], 'c.txt' = ['ALL']}\n")
    for name in ("b.txt", "c.txt"):
        (home / name).write_text(TEXT)
    assert run("clean", "-q", "b.txt").out.decode() == TEXT
    assert run("clean", "--check", "b.txt", "c.txt").code == 0
    assert run("clean", "--diff", "b.txt").out == b""
    assert run("clean", "--in-place", "b.txt", "c.txt").code == 0
    for jobs in (1, 2):
        assert run("clean", ".", "-o", f"out{jobs}", "-q", "-j", jobs, "--exclude", "out*").code == 0
        texts = [(home / f"out{jobs}" / "clean" / name).read_text() for name in ("a.txt", "b.txt", "c.txt")]
        assert texts == [CLEAN, TEXT, TEXT]


def test_a_rule_that_cuts_elements_is_ignored_too(run: Runner, home: Path) -> None:
    (home / "own" / "kind").mkdir(parents=True)
    (home / "own" / "kind" / "aside.toml").write_text(
        "why = 'A box.'\nselect = '.zz-box'\nexamples = ['<p>A</p>[-<p class=\"zz-box\">B</p>-]', '<p>C</p>']\n"
    )
    page = '<html><body><article>{}<p class="zz-box">The mayor spoke in the box of it.</p></article></body></html>'
    story = "".join(
        f"<p>The council met for the {n}th time and agreed on the budget of the town.</p>" for n in range(9)
    )
    (home / "p.html").write_text(page.format(story))
    (home / "cleaner.toml").write_text("rules = ['own']\n")
    assert "mayor" not in run("clean", "-q", "p.html").out.decode()
    (home / "cleaner.toml").write_text("rules = ['own']\nper-file-ignores = {'p.html' = ['kind'], 'x' = ['ALL']}\n")
    assert "mayor" in run("clean", "-q", "p.html").out.decode()
    done = run("clean", "p.html", "-o", "out")
    assert "kind ignores nothing" not in done.err
    assert "x fits no file" in done.err


def test_a_run_with_other_ones_is_not_gone_on_with(run: Runner, home: Path) -> None:
    (home / "cleaner.toml").write_text("")
    assert run("clean", "a.txt", "-o", "out", "-q").code == 0
    for content in ("per-file-ignores = {'a.txt' = ['credit']}", "guard = 0.5", "opt-out-field = 'skip'"):
        (home / "cleaner.toml").write_text(content)
        done = run("clean", "a.txt", "-o", "out", "-q")
        assert (done.code, "holds a run with other options" in done.err) == (2, True)


# One record


@pytest.mark.parametrize("value", [False, "off", "OFF", "false"])
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_a_record_may_opt_out(run: Runner, home: Path, value: object, kind: str) -> None:
    rows: list[dict[str, Any]] = [
        {"text": TEXT, "cleaner": value},
        {"text": TEXT, "cleaner": True},
        {"text": TEXT, "cleaner": ""},
    ]
    (home / f"d.{kind}").write_text(_written(rows, kind))
    wanted = _written([rows[0], rows[1] | {"text": CLEAN}, rows[2] | {"text": CLEAN}], kind)
    done = run("clean", f"d.{kind}")
    assert (done.code, done.out.decode()) == (0, wanted)
    assert done.err.endswith("; 1 opted out\n")


def _written(rows: list[dict[str, Any]], kind: str) -> str:
    if kind == "json":
        return json.dumps(rows)
    if kind == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows)
    cells = (f'"{row["text"]}",{str(row["cleaner"]).lower()}\n' for row in rows)
    return "text,cleaner\n" + "".join(cells)


def test_a_row_of_parquet_may_opt_out(run: Runner, home: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    parquet.write_table(pa.table({"text": [TEXT] * 3, "cleaner": [False, True, None]}), home / "d.parquet")
    assert run("clean", "d.parquet", "-o", "out", "-q").code == 0
    assert parquet.read_table(home / "out/clean/d.parquet")["text"].to_pylist() == [TEXT, CLEAN, CLEAN]


def test_a_record_that_opted_out_need_not_be_one_that_could_be_cleaned(run: Runner, home: Path) -> None:
    source = '{"cleaner": false, "text": 5}\n{"text": "<p>' + TEXT.replace("\n", "\\n") + '</p>", "cleaner": "off"}\n'
    (home / "d.jsonl").write_text(source)
    done = run("clean", "d.jsonl", "--markup")
    assert (done.code, done.out.decode()) == (0, source)


@pytest.mark.parametrize("more", [(), ("--markup",), ("--ledger", "dolma"), ("-j", 2)])
def test_records_that_opted_out_are_counted_and_restored(run: Runner, home: Path, more: tuple[object, ...]) -> None:
    rows = [{"id": n, "text": TEXT, "cleaner": n % 2 == 0} for n in range(6)]
    (home / "d.jsonl").write_text(_written(rows, "jsonl"))
    done = run("clean", "d.jsonl", "-o", "out", "--json", *more)
    counts = json.loads(done.out)
    assert (done.code, counts["records"], counts["touched"], counts["opted_out"]) == (0, 6, 3, 3)
    if "dolma" in more:
        lines = (home / "out/attributes/cleaner/d.jsonl").read_text().splitlines()
        assert [json.loads(line)["id"] for line in lines] == list(range(6))
    else:
        assert run("restore", "out", "-o", "back").code == 0
        assert (home / "back" / "d.jsonl").read_bytes() == (home / "d.jsonl").read_bytes()


# What did nothing


def test_what_did_nothing_is_told_at_the_end(run: Runner, home: Path) -> None:
    (home / "in" / "b").mkdir(parents=True)
    for number in range(4):
        (home / "in" / f"{number}.txt").write_text(TEXT.replace("Getty", "Reuters") if number == 3 else TEXT)
    (home / "in" / "b" / "4.txt").write_text(TEXT)
    (home / "cleaner.toml").write_text(
        "per-file-ignores = {'in/b/*' = ['credit', 'legal'], 'z*' = ['credit', 'legal'], '0.txt' = ['ALL']}\n"
    )
    (home / "cleaner-allow.toml").write_text(
        "[[allow]]\ntext = '© Reuters'\n[[allow]]\ntext = '© Reuters Images'\n[[allow]]\ntext = 'not\nhere'\n"
        "[[allow]]\ntext = '© Getty Images'\narticle = 'other'\n".replace("'not\nhere'", "'''not\nhere'''")
    )
    config, allow = home / "cleaner.toml", home / "cleaner-allow.toml"
    wanted = [
        f"cleaner: {allow}: unused: no rule takes © Reuters",
        f"cleaner: {allow}: unused: no rule takes not here",
        f"cleaner: {allow}: unused: no rule takes © Getty Images (article other)",
        f"cleaner: {config}: per-file-ignores: unused: in/b/*: legal ignores nothing",
        f"cleaner: {config}: per-file-ignores: unused: z* fits no file",
    ]
    for how in (("--diff",), ("--check",), ("-o", "out1", "-j", 1), ("-o", "out2", "-j", 2), ("-o", "out2", "-j", 2)):
        done = run("clean", "in", *how)
        assert [line for line in done.err.splitlines() if ": unused: " in line] == wanted
        assert done.code == ("--check" in how)
    assert run("clean", "in", "--check", "-q").err == ""
    named = run("clean", "in/0.txt", "in/1.txt", "--check")
    assert "unused" not in named.err


def test_many_that_did_nothing_are_told_in_short(run: Runner, home: Path) -> None:
    (home / "cleaner-allow.toml").write_text("".join(f"[[allow]]\ntext = 'x{n}'\n" for n in range(30)))
    done = run("clean", "a.txt", "-o", "out")
    assert done.err.count("unused") == 20
    assert "… and 10 more that did nothing" in done.err


def test_a_run_that_was_stopped_remembers_what_was_of_use(home: Path) -> None:
    """The first file's counts come from the journal."""
    (home / "b.jsonl").write_text(_written([{"text": "AD one\nstory", "cleaner": 1}], "jsonl"))
    (home / "a.txt").write_text("a junk story")
    sources = find_sources([home / "a.txt", home / "b.jsonl"], Choice(SUFFIXES), FORMATS["txt"])
    ignores = [Ignore("a.txt", "kind", home), Ignore("b.jsonl", "kind", home)]

    class StopError(Exception):
        pass

    def stop(seen: object) -> None:
        del seen
        if any((home / "out" / "clean").glob("*")):
            raise StopError

    first = Job(Cleaner([JUNK, LINE], allow=["AD one"]), Fields(), print, ignores=ignores)
    with pytest.raises(StopError):
        clean_into(home / "out", sources, first, {}, How(jobs=0, watch=stop))
    second = Job(Cleaner([JUNK, LINE], allow=["AD one"]), Fields(), print, ignores=ignores)
    assert clean_into(home / "out", sources, second, {}, How(jobs=0))
    assert second.totals.by_ignored == {"a.txt: kind": 1}
    assert second.totals.by_allowed == {"AD one": 1}


# The documentation


def test_every_key_has_a_field_and_a_type() -> None:
    assert [key.replace("-", "_") for key in KEYS] + ["file", "origins"] == list(Settings.__dataclass_fields__)
    assert {key.kind for key in KEYS.values()} <= set(KINDS)


def key_table() -> str:
    """Return the table of keys as the documentation has it."""
    rows = [
        f"| `{name}` | {KINDS[key.kind][1]} | `{toml(Settings().plain(name))}` | {key.meaning} |"
        for name, key in KEYS.items()
    ]
    return "\n".join(["| key | value | default | |", "|---|---|---|---|", *rows])


def test_the_table_of_keys_is_that_of_the_code() -> None:
    """Mend it by pasting what the assertion shows."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert key_table() in text


def blocks(name: str) -> list[tuple[str, str]]:
    """Return language and content of the blocks of a page."""
    found, language, lines = [], "", io.StringIO()
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            if language:
                found.append((language, lines.getvalue()))
            language, lines = "" if language else line[3:] or "text", io.StringIO()
        elif language:
            lines.write(line + "\n")
    return found


PAGE = blocks("docs/configuration.md")
TOML = [block for language, block in PAGE if language == "toml" and "[[allow]]" not in block]


@pytest.fixture
def corpus(home: Path) -> Path:
    """The folder that the documentation speaks of."""
    shutil.copytree(ROOT / "rules" / "credit", home / "my-rules" / "credit")
    shutil.copytree(ROOT / "rules" / "words", home / "my-rules" / "words")
    (home / "pyproject.toml").write_text(TOML[0])
    (home / "cleaner-allow.toml").write_text("[[allow]]\ntext = '© Nobody'\n")
    (home / "allowed.toml").write_text(next(block for language, block in PAGE if "[[allow]]" in block))
    (home / "typo.toml").write_text("ignroe = []\n")
    (home / "quotes").mkdir()
    (home / "quotes" / "b.txt").write_text(TEXT)
    return home


def test_the_documentation_has_blocks_of_each_kind() -> None:
    assert {language for language, _ in PAGE} == {"toml", "console", "jsonl"}


@pytest.mark.parametrize("block", TOML)
def test_config_files_in_the_documentation_are_valid(run: Runner, corpus: Path, block: str) -> None:
    name = "pyproject.toml" if "[tool.cleaner" in block else "cleaner.toml"
    (corpus / name).write_text(block)
    assert settle({}).file == corpus / name
    assert run("config").code == 0


@pytest.mark.parametrize("block", [block for language, block in PAGE if language == "console"])
def test_commands_in_the_documentation_print_what_it_says(run: Runner, corpus: Path, block: str) -> None:
    command, _, output = block.partition("\n")
    done = run(*command.removeprefix("$ cleaner ").split())
    told = (done.out.decode() + done.err).replace(str(corpus), "/corpus")
    assert unaligned(told) == unaligned(output)


def unaligned(text: str) -> list[str]:
    """Lines without what depends on how long the name of a folder is."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_record_in_the_documentation_opts_out(run: Runner, home: Path) -> None:
    (source,) = (block for language, block in PAGE if language == "jsonl")
    (home / "d.jsonl").write_text(source)
    before, after = source.splitlines(), run("clean", "-q", "d.jsonl").out.decode().splitlines()
    assert after[0] == before[0]
    assert json.loads(after[1])["text"] == "A story.\n"


def test_commands_for_rules_know_those_of_the_config_file(run: Runner, home: Path) -> None:
    (home / "own" / "kind").mkdir(parents=True)
    (home / "own" / "kind" / "zap.toml").write_text(
        "why = 'Zap.'\nliterals = ['zap']\npattern = '^zap$'\nexamples = ['[-zap-]', 'They zap it.']\n"
    )
    assert run("rules", "show", "kind/zap").code == 2
    (home / "cleaner.toml").write_text("rules = ['own']\n")
    assert "Zap." in run("rules", "show", "kind/zap").out.decode()
    assert "kind/zap" in run("rules", "list", "--category", "kind").out.decode()
    assert run("rules", "test", "kind/zap").code == 0
