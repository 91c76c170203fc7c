"""`cleaner clean --check`: where a finding stands, each format of the output, hostile content, exit codes."""

import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from cleaner import Cleaner, Rule
from cleaner.batch.check import findings
from cleaner.batch.one import Job
from cleaner.cli import app
from cleaner.records import FORMATS, Fields, Source
from cleaner.report.check import Form, as_junit, formatted
from cleaner.report.check.finding import SHOWN, Finding, Place, shortened
from tests.hostile import STRINGS

ROOT = Path(__file__).parents[1]
ZAP = Rule("kind/zap", "The word zap.", ("zap",), (), pattern="zap+", removes="match", folded=True)
LINE = Rule("kind/line", "A line with zap in it.", ("zap",), (), pattern=".*zap.*", folded=True)
DIRTY = "The council met.\n© Getty Images\nIt agreed on a budget.\n"
HIDDEN = regex.compile(r"[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]--\n]", regex.VERSION1)


def found(data: bytes, form: str = "txt", rule: Rule = ZAP, **options: Any) -> list[Finding]:
    """Check one file that is held in memory."""
    fields = options.pop("fields", Fields())
    job = Job(Cleaner([rule], guard=1), fields, lambda _: None)
    return list(findings(job, [Source(Path("file"), "file", FORMATS[form], data, **options)]))


def check(*args: object, stdin: bytes = b"") -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, ["clean", "--check", "-q", *map(str, args)], input=stdin)


def at(data: bytes, start: Place | None, end: Place | None) -> str:
    """Return what stands in a file between two places, counted as an editor does."""
    assert start
    assert end
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", data.decode().removeprefix("\ufeff"))
    last = len(lines[end.line - 1]) - end.column + 1
    text = "".join(lines[start.line - 1 : end.line])
    return text[start.column - 1 : len(text) - last]


# Places


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_of_a_text_end_as_in_an_editor(mark: str, end: str) -> None:
    one, two = found(f"{mark}zap a{end}{end}b zap{end}".encode())
    assert (one.start, one.end) == (Place(1, 1), Place(1, 4))
    assert (two.start, two.end) == (Place(3, 3), Place(3, 6))


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\f", "\v", "\x1c"])
def test_other_breaks_are_characters_of_their_line(sign: str) -> None:
    (one,) = found(f"a{sign}b zap\nc".encode())
    assert one.start == Place(1, 5)


def test_columns_count_code_points() -> None:
    (one,) = found("é😀e\u0301 zap\n".encode())
    assert one.start == Place(1, 6)


def test_the_line_break_that_goes_with_a_line_is_not_of_its_place() -> None:
    (one,) = found(b"a\n\n  zap b  \r\nc\n", rule=LINE)
    assert (one.text.strip(), one.start, one.end) == ("zap b", Place(3, 3), Place(3, 8))


PIECES = st.lists(
    st.sampled_from(["zap", "a", " ", "\n", "\r\n", "\r", '"', ",", "\\", "é", "😀", "\u2028", "\t", "\x85", "/"]),
    max_size=12,
)


def jsonl(texts: list[str], *, ascii_only: bool) -> bytes:
    rows = ({"n": [1, "é\n"], "text": text, "z": "zap"} for text in texts)
    return "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in rows).encode()


def array(texts: list[str], *, indent: int | None) -> bytes:
    return json.dumps([{"n": "é", "text": text} for text in texts], indent=indent, ensure_ascii=False).encode()


def csv(texts: list[str], *, end: str = "\r\n") -> bytes:
    quoted = (text.replace('"', '""') for text in texts)
    return f"n,text{end}".encode() + "".join(f'"é,\n","{text}"{end}' for text in quoted).encode()


WRITTEN: dict[str, tuple[str, Callable[[list[str]], bytes], Callable[[str], str]]] = {
    "jsonl": ("jsonl", lambda texts: jsonl(texts, ascii_only=False), lambda raw: str(json.loads(f'"{raw}"'))),
    "jsonl in ASCII": ("jsonl", lambda texts: jsonl(texts, ascii_only=True), lambda raw: str(json.loads(f'"{raw}"'))),
    "jsonl with other escapes": (
        "jsonl",
        lambda texts: jsonl(texts, ascii_only=False).replace(b"/", b"\\/"),
        lambda raw: str(json.loads(f'"{raw}"')),
    ),
    "array": ("json", lambda texts: array(texts, indent=None), lambda raw: str(json.loads(f'"{raw}"'))),
    "array over lines": ("json", lambda texts: array(texts, indent=2), lambda raw: str(json.loads(f'"{raw}"'))),
    "csv": ("csv", csv, lambda raw: raw.replace('""', '"')),
}


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@given(pieces=st.lists(PIECES, min_size=1, max_size=3))
def test_a_place_is_where_the_file_writes_the_text(kind: str, mark: bytes, pieces: list[list[str]]) -> None:
    form, write, read = WRITTEN[kind]
    data = mark + write(["".join(text) for text in pieces])
    rule = Rule("kind/zap", "Zap and its neighbour.", ("zap",), (), pattern='.?zap"?', removes="match", folded=True)
    one_by_one = found(data, form, rule)
    assert not [one.text for one in one_by_one if not one.rules]
    for one in one_by_one:
        assert read(at(data, one.start, one.end)) == (one.text.strip() or one.text)


@given(PIECES)
def test_a_place_in_a_text_is_where_it_stands(pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    for one in found(data):
        assert at(data, one.start, one.end) == (one.text.strip() or one.text)


def test_the_line_of_a_record_is_its_line_in_the_file() -> None:
    data = b'{"text": "a"}\n\n{bad\r\n{"text": "a\\nzap"}\r\n'
    trouble, one = found(data, "jsonl")
    assert (trouble.rules, trouble.start, trouble.record) == ((), Place(3, 1), 3)
    assert (one.start, one.record, one.span) == (Place(4, 14), 4, (1, 5))


def test_trouble_with_an_element_is_where_its_object_starts() -> None:
    data = b'\xef\xbb\xbf[\n  {"text": "a"},\n  {"text": 7}\n]\n'
    assert [(one.rules, one.start) for one in found(data, "json")] == [((), Place(3, 3))]


@pytest.mark.parametrize("fields", [Fields(markup=True), Fields(html="page")])
def test_a_text_that_was_made_stands_where_its_source_starts(fields: Fields) -> None:
    story = "The council met on Monday and agreed on a budget for the coming year after a long debate. "
    page = f"<html><body><article><p>{story * 4}</p><p>{story} zap</p></article></body></html>"
    line = json.dumps({"id": "é", "text": "<b>zap</b> b", "page": page}, ensure_ascii=False)
    (one,) = found(f"\n{line}\n".encode(), "jsonl", fields=fields)
    assert one.start == one.end == Place(2, line.index('"<html>' if fields.html else '"<b>') + 1)


def test_a_field_beside_a_text_that_was_made_has_its_own_place() -> None:
    data = json.dumps({"text": "<b>zap</b> b", "more": "\\ zap"}).encode()
    _, one = found(data, "jsonl", fields=Fields(more=("more",), markup=True))
    assert (one.field, json.loads(f'"{at(data, one.start, one.end)}"')) == ("more", one.text.strip())


def test_packed_files_have_records_and_no_lines() -> None:
    packed = gzip.compress(b'{"text": "a"}\n{"id": "x", "text": "zap"}\n{bad\n')
    one, trouble = found(packed, "jsonl", codec="gz")
    assert (one.start, one.end, one.record, one.id) == (None, None, 2, "x")
    assert (trouble.start, trouble.record) == (None, 3)
    assert "".join(formatted([one], Form.text)) == "file: record 2: kind/zap: zap\n"


def test_pages_and_tables_of_parquet_have_no_lines(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"text": ["a", "b zap"]}), tmp_path / "a.parquet")
    (one,) = found((tmp_path / "a.parquet").read_bytes(), "parquet")
    assert (one.start, one.record, one.field) == (None, 2, "text")
    story = "<p>The council met on Monday and agreed on a budget for the coming year.</p>"
    (page,) = found(f"<html><body><article>{story * 5}<p>The end zap.</p></article></body></html>".encode(), "html")
    assert (page.start, page.record, "".join(formatted([page], Form.text))) == (None, 0, "file: kind/zap: zap\n")


# Formats


def sample() -> list[Finding]:
    """Return findings of a text and of records, and trouble."""
    data = b'{"id": 7, "text": "a\\nzap"}\n{bad\n'
    return found(b"a zap b\nzap\n") + found(data, "jsonl") + found(gzip.compress(data), "jsonl", codec="gz")


def test_text() -> None:
    assert "".join(formatted(sample(), Form.text)).splitlines() == [
        "file:1:3: kind/zap: zap",
        "file:2:1: kind/zap: zap",
        "file:1:23: kind/zap: zap",
        "file: record 1: kind/zap: zap",
    ]


def test_json() -> None:
    rows = json.loads("".join(formatted(sample(), Form.json)))
    assert rows[2] == {
        "filename": "file",
        "location": {"row": 1, "column": 23},
        "end_location": {"row": 1, "column": 26},
        "code": "kind/zap",
        "rules": ["kind/zap"],
        "category": "kind",
        "why": "The word zap.",
        "message": "kind/zap: zap",
        "text": "\nzap",
        "record": 1,
        "id": "7",
        "field": "text",
        "start": 1,
        "end": 5,
    }
    assert [row["code"] for row in rows] == ["kind/zap", "kind/zap", "kind/zap", "trouble", "kind/zap", "trouble"]
    assert (rows[3]["rules"], rows[3]["location"], rows[4]["location"]) == ([], {"row": 2, "column": 1}, None)
    assert json.loads("".join(formatted([], Form.json))) == []


def commands(output: str) -> Iterator[tuple[dict[str, str], str]]:
    """Read workflow commands as a runner does."""

    def plain(text: str, *, is_property: bool) -> str:
        for sign, code in ((",", "%2C"), (":", "%3A")) if is_property else ():
            text = text.replace(code, sign)
        return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")

    for line in output.split("\n")[:-1]:
        match = re.fullmatch(r"::error ([^:]*)::(.*)", line)
        assert match, line
        pairs = (pair.partition("=") for pair in match[1].split(","))
        yield {key: plain(value, is_property=True) for key, _, value in pairs}, plain(match[2], is_property=False)


def test_github() -> None:
    one, _, _, trouble, packed, _ = commands("".join(formatted(sample(), Form.github)))
    place = {"line": "1", "col": "3", "endLine": "1", "endColumn": "6"}
    assert one == ({"title": "cleaner (kind/zap)", "file": "file"} | place, "file:1:3: kind/zap: zap")
    assert trouble[0]["title"] == "cleaner (trouble)"
    assert packed == ({"title": "cleaner (kind/zap)", "file": "file"}, "file: record 1: kind/zap: zap")


def test_github_has_columns_only_within_a_line() -> None:
    finding = Finding("a", ("x/y",), "b\nc", start=Place(1, 5), end=Place(2, 2))
    ((properties, _),) = commands("".join(formatted([finding], Form.github)))
    assert properties == {"title": "cleaner (x/y)", "file": "a", "line": "1", "endLine": "2"}


def results(output: str) -> list[dict[str, Any]]:
    """Return the results of a SARIF log whose structure is right as far as the schema says it of what is used."""
    log = json.loads(output)
    assert (set(log), log["version"]) == ({"$schema", "version", "runs"}, "2.1.0")
    (run,) = log["runs"]
    assert set(run) == {"columnKind", "newlineSequences", "results", "invocations", "tool"}
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert set(driver) == {"name", "version", "rules"}
    rules = [rule["id"] for rule in driver["rules"]]
    assert sorted({result["ruleId"] for result in run["results"]}) == rules
    assert run["invocations"] == [{"executionSuccessful": "trouble" not in rules}]
    for rule in driver["rules"]:
        assert set(rule) - {"properties"} == {"id", "shortDescription", "fullDescription", "help"}
        assert all(isinstance(rule[key]["text"], str) for key in ("shortDescription", "fullDescription", "help"))
    for result in run["results"]:
        assert set(result) == {"ruleId", "level", "message", "locations", "partialFingerprints", "properties"}
        (location,) = result["locations"]
        region = location["physicalLocation"].get("region", dict.fromkeys(("startLine", "endLine"), 1))
        assert all(isinstance(value, int) and value > 0 for value in region.values())
        assert region["startLine"] <= region["endLine"]
        assert re.fullmatch(r"(?:\w+://[\w:.@/%=-]+|(?:[\w.~!$&'()*+,;=@/-]|%[0-9A-F]{2})+)", uri(result), re.ASCII)
    return list(run["results"])


def uri(result: dict[str, Any]) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_sarif() -> None:
    one, *_, packed, trouble = results("".join(formatted(sample(), Form.sarif)))
    region = {"startLine": 1, "startColumn": 3, "endLine": 1, "endColumn": 6}
    assert one["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "file"}, "region": region}}]
    assert (one["ruleId"], one["message"]) == ("kind/zap", {"text": "kind/zap: zap"})
    assert packed["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "file"}}}]
    assert packed["message"] == {"text": "record 1: kind/zap: zap"}
    assert trouble["ruleId"] == "trouble"
    assert results("".join(formatted([], Form.sarif))) == []


def test_fingerprints_stay_while_lines_move_and_differ_between_findings() -> None:
    def prints(data: bytes) -> list[str]:
        log = results("".join(formatted(found(data), Form.sarif)))
        return [result["partialFingerprints"]["junk/v1"] for result in log]

    before, after = prints(b"a zap b zap c\nzapp d\n"), prints(b"new\n\na zap b\nc zap d\nzapp\n")
    assert before == after
    assert len(set(before)) == 3


def test_paths_below_the_working_directory_are_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inside, outside = (Finding(str(path), ("x/y",), "z") for path in (tmp_path / "a" / "b c.txt", Path("/else/c:d")))
    one, other = results("".join(formatted([inside, outside], Form.sarif)))
    assert (uri(one), uri(other)) == ("a/b%20c.txt", "file:///else/c%3Ad")
    assert [row["file"] for row, _ in commands("".join(formatted([inside], Form.github)))] == ["a/b c.txt"]


def test_junit() -> None:
    root = ET.fromstring("".join(formatted(sample(), Form.junit)))  # noqa: S314  made here
    assert (root.tag, root.attrib) == ("testsuites", {"name": "cleaner", "tests": "5", "failures": "3", "errors": "2"})
    (suite,) = root  # all sources of the sample have one name
    assert suite.attrib == {"name": "file", "tests": "5", "failures": "3", "errors": "2"}
    assert [case.attrib["name"] for case in suite][:3] == ["file", "record 1 (7)", "record 2"]
    (failure,) = suite[0]
    assert (failure.tag, failure.attrib) == ("failure", {"message": "2 findings", "type": "kind/zap"})
    assert failure.text == "file:1:3: kind/zap: zap\nfile:2:1: kind/zap: zap"
    (error,) = suite[2]
    assert error.tag == "error"
    assert error.attrib["message"].startswith("trouble: not valid JSON")


def test_junit_of_nothing_is_a_test_that_passes() -> None:
    root = ET.fromstring("".join(formatted([], Form.junit)))  # noqa: S314  made here
    assert (root.attrib["tests"], root.attrib["failures"], len(root[0]), len(root[0][0])) == ("1", "0", 1, 0)


def test_junit_holds_little_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = "".join(formatted(sample() * 50, Form.junit))
    monkeypatch.setattr(as_junit, "HELD", 100)
    assert "".join(formatted(sample() * 50, Form.junit)) == whole


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.junit])
def test_findings_go_out_as_they_come(form: Form) -> None:
    taken: list[int] = []

    def counted() -> Iterator[Finding]:
        for number, finding in enumerate(found(b"zap a\nzap b\nzap c\n")):
            taken.append(number)
            yield finding

    pieces, seen = formatted(counted(), form), ""
    while "zap" not in seen:
        seen += next(pieces)
    assert taken == [0]


# Hostile content


def harmless(output: str) -> bool:
    """Whether nothing in an output steers a terminal, and no line of it is a command that was not meant."""
    meant = re.sub(r"^::error [^\n]*", "", output, flags=re.MULTILINE)
    return not HIDDEN.search(output) and not re.search(r"^\s*::|##[\w.-]*\[", meant, re.MULTILINE)


EVIL = (
    "\r  ::error::y",
    *STRINGS,
    "::error::x",
    "a\r\n::set-env name=x::y",
    "##[group]x",
    "##vso[task.x]y",
    "%0A::x",
    "]]>",
    "\ufffe",
    "\x9b31m",
)


def parsed(output: str, form: Form) -> int:
    """Read an output with what its readers read it with, and return how many findings are in it."""
    match form:
        case Form.text:
            return output.count("\n")
        case Form.json:
            return len(json.loads(output))
        case Form.github:
            return len(list(commands(output)))
        case Form.sarif:
            return len(results(output))
    cases = ET.fromstring(output).iter("failure")  # noqa: S314  made here
    return sum(len((case.text or "").split("\n")) for case in cases)


@pytest.mark.parametrize("form", Form)
def test_hostile_texts_break_no_format(form: Form) -> None:
    texts = [f"zap {text}" for text in EVIL]
    rule = Rule("kind/line", "A line with zap.", ("zap",), (), pattern="(?s)zap.*", longest=0, folded=True)
    everything = [*found(jsonl(texts, ascii_only=True), "jsonl", rule)]
    names = (text.encode("utf-8", "replace").decode() for text in EVIL)
    everything += [Finding(name, ("a/b",), text, id=text, field=text) for name, text in zip(names, EVIL, strict=True)]
    output = "".join(formatted(everything, form)).encode("utf-8", "backslashreplace").decode()
    assert harmless(output)
    assert parsed(output, form) == len(everything)
    assert len(everything) >= 2 * len(EVIL) - 3  # of three, the line break hides the text from the rule


NAMES = (
    b"a b,c%.txt", b"::error::x.txt", b"a\nb.txt", b"a\r::b.txt", b"caf\xe9\xff.txt", "ñ\u202egnp.txt".encode(),
    b"a:b=c;d.txt", b"#&?'\"<x>.txt", b"\x1b[31m.txt", b"%0A.txt", b"##[group].txt", b" ::error::x.txt",
)  # fmt: skip


@pytest.mark.parametrize("form", Form)
def test_hostile_names_break_no_format(form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        Path(os.fsdecode(name)).write_text(DIRTY)
    output = subprocess.run(
        [sys.executable, "-m", "cleaner", "clean", ".", "--check", "-q", "--output-format", form],
        capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
    ).stdout.decode()  # fmt: skip
    assert harmless(output)
    assert parsed(output, form) == len(NAMES)
    if form is Form.json:
        assert {os.fsencode(row["filename"]) for row in json.loads(output)} == set(NAMES)
    if form is Form.sarif:
        assert {unquote_to_bytes(uri(result)) for result in results(output)} == set(NAMES)
    if form is Form.github:
        names = {row["file"] for row, _ in commands(output)}
        assert {"a b,c%.txt", "::error::x.txt", "a\nb.txt", "a\r::b.txt", "a:b=c;d.txt", "%0A.txt"} < names


def test_a_long_text_is_shortened_in_a_message_and_whole_in_json() -> None:
    rule = Rule("kind/long", "All behind zap.", ("zap",), (), pattern="zap.*", removes="match", folded=True)
    (one,) = found(b"The story. " * 30_000 + b"zap " + b"long words " * 9_000 + b"the end\n", rule=rule)
    assert len(one.message) <= SHOWN + len("kind/long: ")
    assert one.message.startswith("kind/long: zap long words long")
    assert one.message.endswith("words … long words the end") or one.message.endswith("the end")
    assert json.loads("".join(formatted([one], Form.json)))[0]["text"] == one.text
    assert len(one.text) > 90_000


def test_a_long_text_is_cut_between_words_where_it_has_some() -> None:
    assert shortened("word " * 40) == f"{'word ' * 13}… {'word ' * 5}word"
    assert shortened("字" * 200) == f"{'字' * 67} … {'字' * 30}"
    assert shortened(" \n ") == "(white space)"


# The command


@pytest.mark.parametrize("form", Form)
def test_exit_codes(form: Form, tmp_path: Path) -> None:
    clean, dirty, broken, table = (tmp_path / name for name in ("a.txt", "b.txt", "c.txt", "d.csv"))
    clean.write_text("The council met.\n")
    dirty.write_text(DIRTY)
    broken.write_bytes(b"\xff\xfe")
    table.write_text("n,m\n1,2\n")
    codes = [
        check("--output-format", form, *paths).exit_code
        for paths in ([clean], [clean, dirty], [broken], [dirty, broken], [table], [table, dirty])
    ]
    assert codes == [0, 1, 2, 2, 2, 2]


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.text])
def test_trouble_is_in_the_output_and_on_stderr(form: Form, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "b.csv").write_text("n,m\n1,2\n")
    done = check("--output-format", form, tmp_path)
    for text in ("not valid UTF-8", "no column "):
        assert text in done.stdout
        assert text in done.stderr


def test_trouble_is_only_on_stderr_where_lines_are_for_people(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    done = check(tmp_path / "a.txt")
    assert (done.stdout, done.stderr.count("not valid UTF-8")) == ("", 1)


def test_the_order_is_that_of_the_input(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("b.txt", "c.txt", "a.txt")]
    for path in paths:
        path.write_text(DIRTY)
    rows = json.loads(check("--output-format", "json", *paths).stdout)
    assert [row["filename"] for row in rows] == [str(path) for path in paths]


def test_standard_input_is_called_as_it_is_named() -> None:
    assert check("-", stdin=DIRTY.encode()).stdout.startswith("-:2:1: credit/")


def test_white_space_that_goes_has_a_reason() -> None:
    (row,) = json.loads(check("-", "--tidy", "--output-format", "json", stdin=b"a  \nb\n").stdout)
    assert (row["code"], row["message"]) == ("tidy/spaces", "tidy/spaces: (white space)")
    assert "--tidy" in row["why"]
    assert (row["location"], row["end_location"]) == ({"row": 1, "column": 2}, {"row": 1, "column": 4})


def test_the_output_can_go_to_a_file(tmp_path: Path) -> None:
    article, out = tmp_path / "a.txt", tmp_path / "new" / "out.sarif"
    article.write_text(DIRTY)
    done = check(article, "--output-format", "sarif", "--output-file", out)
    assert (done.exit_code, done.stdout, len(results(out.read_text()))) == (1, "", 1)


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY)
    command = [sys.executable, "-m", "cleaner", "clean", "a.txt", "--check", "-q", "--output-file", "/dev/stdout"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert done.stdout.startswith(b"a.txt:2:1: credit/")


def test_an_input_is_never_the_output(tmp_path: Path) -> None:
    article, link = tmp_path / "a.txt", tmp_path / "link"
    article.write_text(DIRTY)
    link.symlink_to(article)
    done = CliRunner().invoke(app, ["clean", str(article), "--check", "--output-file", str(link)])
    assert "is one of the files to check" in str(done.exception)
    assert article.read_text() == DIRTY


@pytest.mark.parametrize("options", [(), ("--diff",), ("--diff", "--check"), ("--in-place",)])
def test_the_format_of_a_check_goes_with_a_check_alone(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY)
    done = CliRunner().invoke(app, ["clean", str(tmp_path / "a.txt"), *options, "--output-format", "json"])
    assert "go with --check" in str(done.exception)
    assert (tmp_path / "a.txt").read_text() == DIRTY


def test_a_check_loads_no_format_but_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY)
    script = (
        "import sys; from cleaner.cli import main; sys.argv = ['cleaner', 'clean', 'a.txt', '-q', '--check']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in sys.modules if '.check.as_' in name or name in ('html', 'xml')])"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=env, capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[1:] == ["['cleaner.report.check.as_text']"]


def hook() -> str:
    """Return how the hook starts the command."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    (entry,) = re.findall(r"id: cleaner-check\n(?:  .*\n)*?  entry: (.*)", text)
    return str(entry)


@pytest.mark.slow
def test_the_hook_takes_the_format_as_an_argument(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text(DIRTY)
    entry = hook().replace("cleaner", f"{shlex.quote(sys.executable)} -m cleaner", 1)
    config = [{"id": "x", "name": "x", "language": "system", "entry": entry, "args": ["-q", "--output-format=github"]}]
    (tmp_path / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [{"repo": "local", "hooks": config}]}))
    for args in (("init", "-q"), ("add", "a b.txt")):
        subprocess.run(["git", *args], cwd=tmp_path, check=True)
    env = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    annotations = [line for line in done.stdout.splitlines() if line.startswith("::")]
    ((properties, _),) = commands("\n".join([*annotations, ""]))
    assert (done.returncode, properties["file"], properties["line"]) == (1, "a b.txt", "2")


DOCS = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
NEWS = '{"id": "a-1", "text": "The council met.\\n© Getty Images\\nIt agreed on a budget.\\n"}\n'


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def test_the_outputs_in_the_docs_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("news.jsonl").write_text(NEWS)
    Path("news.jsonl.gz").write_bytes(gzip.compress(NEWS.encode()))
    assert blocks("text") == [check("news.jsonl").stdout]
    assert f"`{check('news.jsonl.gz').stdout.strip()}`" in DOCS
    assert [json.loads(block) for block in blocks("json")] == [
        json.loads(check("news.jsonl", "--output-format", "json").stdout)
    ]


def test_the_commands_in_the_docs_run(tmp_path: Path) -> None:
    (tmp_path / "scraped").mkdir()
    (tmp_path / "scraped" / "a.txt").write_text(DIRTY)
    (tmp_path / "cleaner").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cleaner "$@"\n')
    (tmp_path / "cleaner").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for block in blocks("sh"):
        subprocess.run(["bash", "-euc", block], cwd=tmp_path, env=env, check=True, capture_output=True)
    for command in re.findall(r"- run: (.*)", DOCS):
        done = subprocess.run(["bash", "-euc", command], cwd=tmp_path, env=env, check=False, capture_output=True)
        assert done.returncode == 1, done.stderr
    assert len(results((tmp_path / "junk.sarif").read_text())) == 1
