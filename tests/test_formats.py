"""Files of every format: good records cleaned, broken ones kept whole, originals back, every other byte as it was."""

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.dumps import written_as
from cleaner import Cleaner, Rule
from cleaner.batch.back import restore
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, Source, blocks, cutting, find_sources
from cleaner.records.packed import CODECS, packed, unpacked
from tests.strategies import texts

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
zstandard = pytest.importorskip("zstandard")
JUNK = Rule("kind/junk", "", ("junk",), (), "junk", removes="match")
ARTICLES = [{"id": str(n), "url": "http://s.example/", "text": f'The "{n}" junk, é\nline'} for n in range(9)]
CLEAN = [article["text"].replace("junk", "").replace(" ,", ",") for article in ARTICLES]
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress,
}  # fmt: skip


def run(source: Path, fields: Fields = Fields()) -> Path:  # noqa: B008
    out = source.parent / "out"
    job = Job(Cleaner([JUNK], guard=1), fields, lambda _: None)
    clean_into(out, find_sources([source], Choice(SUFFIXES), FORMATS["txt"]), job, {}, How(jobs=0, restart=True))
    return out


def clean_of(source: Path, fields: Fields = Fields()) -> bytes:  # noqa: B008
    (path,) = (path for path in (run(source, fields) / "clean").rglob("*") if path.is_file())
    return path.read_bytes()


def errors_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in (out / "errors").rglob("*.jsonl") for line in path.read_text().splitlines()]


def restored(source: Path) -> bytes:
    restore(source.parent / "out", source.parent / "back")
    return (source.parent / "back" / source.name).read_bytes()


@pytest.mark.parametrize("codec", CODECS)
def test_a_packed_file_stays_packed(tmp_path: Path, codec: str) -> None:
    source = written_as(tmp_path / f"a.jsonl.{codec}", ARTICLES)
    lines = b"".join(chunk.data for chunk in unpacked(io.BytesIO(clean_of(source)), codec)).splitlines()
    assert [json.loads(line)["text"] for line in lines] == CLEAN
    original = b"".join(chunk.data for chunk in unpacked(io.BytesIO(source.read_bytes()), codec))
    assert b"".join(chunk.data for chunk in unpacked(io.BytesIO(restored(source)), codec)) == original


@pytest.mark.parametrize("codec", CODECS)
def test_members_one_after_another_are_one_file(codec: str) -> None:
    data = b"".join(PACK[codec](part) for part in (b"a" * 9000, b"", b"b" * 9000))
    assert b"".join(chunk.data for chunk in unpacked(io.BytesIO(data), codec)) == b"a" * 9000 + b"b" * 9000
    assert packed(b"", codec) == b""


@pytest.mark.parametrize("codec", CODECS)
def test_a_truncated_file_gives_what_can_be_read(tmp_path: Path, codec: str) -> None:
    lines = b"".join(json.dumps({"text": f"a junk {n * n * 7919}"}).encode() + b"\n" for n in range(60_000))
    whole = PACK[codec](lines)
    (tmp_path / f"a.jsonl.{codec}").write_bytes(whole[: len(whole) * 4 // 5])
    out = run(tmp_path / f"a.jsonl.{codec}")
    (path,) = (out / "clean").iterdir()
    found = b"".join(chunk.data for chunk in unpacked(io.BytesIO(path.read_bytes()), codec)).splitlines()
    assert found
    assert found == [line.replace(b"junk ", b"") for line in lines.splitlines()[: len(found)]]
    *cut_off, truncated = errors_of(out)
    assert "truncated" in truncated["trouble"]
    assert all("cut off" in row["trouble"] for row in cut_off)


@pytest.mark.parametrize("codec", ["gz", "zst", "bz2", "xz"])
def test_a_damaged_member_costs_itself(tmp_path: Path, codec: str) -> None:
    members = [PACK[codec](b'{"text": "junk %d"}\n' % number) for number in range(3)]
    members[1] = members[1][:9] + b"\xff\xff\xff\xff" + members[1][13:]
    (tmp_path / f"a.jsonl.{codec}").write_bytes(b"".join(members))
    out = run(tmp_path / f"a.jsonl.{codec}")
    data = (out / "clean" / f"a.jsonl.{codec}").read_bytes()
    lines = b"".join(chunk.data for chunk in unpacked(io.BytesIO(data), codec)).splitlines()
    assert lines[0] == b'{"text": "0"}'
    assert lines[-1] == b'{"text": "2"}'
    assert all(codec in row["trouble"] for row in errors_of(out) if row.get("unreadable"))
    assert errors_of(out)


@pytest.mark.parametrize(
    "text", ['[\n {"text": "a junk b"} ,\n {"text":"c"}\n]\n', "[]", " [ ]\n", '{"text": "a junk b"}']
)
def test_an_array_keeps_every_other_byte(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert clean_of(tmp_path / "a.json").decode() == text.replace("junk ", "")
    assert restored(tmp_path / "a.json").decode() == text


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("bad", ['{"text": "un"closed"}', '{"text": 5}', '{"text": "no end}', '{"x": }', "7"])
def test_an_array_without_its_broken_element_is_an_array(tmp_path: Path, bad: str, at: int) -> None:
    elements = ['{"text": "a junk b"}', '{"text": "c"}']
    elements.insert(at, bad)
    text = "[\n" + ",\n".join(elements) + "\n]"
    (tmp_path / "a.json").write_text(text)
    assert [row["text"] for row in json.loads(clean_of(tmp_path / "a.json"))] == ["a b", "c"]
    (error,) = errors_of(tmp_path / "out")
    assert bad in error["raw"]
    assert restored(tmp_path / "a.json").decode() == text


def test_an_array_that_was_cut_off_is_closed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a junk b"}, {"text": "c')
    assert json.loads(clean_of(tmp_path / "a.json")) == [{"text": "a b"}]
    assert restored(tmp_path / "a.json") == b'[{"text": "a junk b"}, {"text": "c'


def test_a_table_keeps_its_dialect(tmp_path: Path) -> None:
    raw = b'id;"text";n\r\n1;"a ""junk"" b\r\nc";""\r\n2;junk d;"x;y"\r\n\r\n3;;\r\n'
    (tmp_path / "a.csv").write_bytes(raw)
    assert clean_of(tmp_path / "a.csv") == b'id;"text";n\r\n1;"a """" b\r\nc";""\r\n2;d;"x;y"\r\n\r\n3;;\r\n'
    assert restored(tmp_path / "a.csv") == raw


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("1,a,b,c\n", "has 4 cells where the first row has 3"), ("1,a\n", "has 2 cells"),
        ('1,"a"b,c"\n', "quotes"), ('1,"never closed\n', "quotes"), ('1,a,"b" c\n', "quotes"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_broken_row_costs_itself(tmp_path: Path, bad: str, why: str, name: str) -> None:
    good = 'id,text,n\n7,"a junk b",x\n' + "{bad}" + "".join(f'{n},"c, junk d",x\n' for n in range(4))
    text = good.format(bad=bad)
    (tmp_path / name).write_text(text.replace(",", "\t") if name == "a.tsv" else text)
    clean = clean_of(tmp_path / name).decode().replace("\t", ",")
    assert clean == good.format(bad="").replace("junk ", "")
    (error,) = errors_of(tmp_path / "out")
    assert (error["record"], why in error["trouble"]) == (2, True)
    assert restored(tmp_path / name) == (tmp_path / name).read_bytes()


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_cells_come_back_whatever_is_in_them(cells: list[tuple[str, str]], quoting: Any) -> None:
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=quoting)
    writer.writerow(["text", "other"])
    writer.writerows([[cell.replace("\0", "").replace("\r", "") for cell in row] for row in cells])
    wanted = list(csv.DictReader(io.StringIO(held.getvalue(), newline="")))
    records = FORMATS["csv"].read(io.BytesIO(held.getvalue().encode()), "a.csv", Fields(), ())
    found = [record for record in records if record.document]
    assert [record.document.text for record in found if record.document] == [row["text"] for row in wanted]


def test_several_columns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "junk t", "text": "a junk b", "n": 1}\n{"text": "junk c"}\n')
    fields = Fields(more=("title",))
    assert clean_of(tmp_path / "a.jsonl", fields) == b'{"title": "t", "text": "a b", "n": 1}\n{"text": "c"}\n'
    assert restored(tmp_path / "a.jsonl") == (tmp_path / "a.jsonl").read_bytes()


def test_parquet_keeps_all_but_the_text(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.parquet", [article | {"n": [1, None], "day": b"x"} for article in ARTICLES]
    table = pa.Table.from_pylist(rows).replace_schema_metadata({"who": "me"})
    table = table.append_column("kind", pa.array(["k"] * 9).dictionary_encode())
    pq.write_table(table, path, row_group_size=4, compression={"text": "zstd", "id": "gzip"})
    (tmp_path / "clean.parquet").write_bytes(clean_of(path))
    before, after = pq.ParquetFile(path), pq.ParquetFile(tmp_path / "clean.parquet")
    assert after.read().column("text").to_pylist() == CLEAN
    assert after.read().drop(["text"]).equals(before.read().drop(["text"]))
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    for group in range(3):
        groups = [file.metadata.row_group(group) for file in (before, after)]
        assert groups[0].num_rows == groups[1].num_rows
        assert [groups[0].column(n).compression for n in range(6)] == [
            groups[1].column(n).compression for n in range(6)
        ]
    (tmp_path / "back.parquet").write_bytes(restored(path))
    assert pq.read_table(tmp_path / "back.parquet").equals(table)


def test_a_row_of_parquet_that_is_no_text_goes_to_errors_and_comes_back(tmp_path: Path) -> None:
    held = pa.array([b"a junk b", b"\xff", None, b"c"], pa.binary())
    column = pa.Array.from_buffers(pa.string(), 4, held.buffers())
    pq.write_table(pa.table({"text": column, "n": [1, 2, 3, 4]}), tmp_path / "a.parquet")
    (tmp_path / "clean.parquet").write_bytes(clean_of(tmp_path / "a.parquet"))
    assert pq.read_table(tmp_path / "clean.parquet").to_pydict() == {"text": ["a b", None, "c"], "n": [1, 3, 4]}
    (error,) = errors_of(tmp_path / "out")
    assert (error["record"], error["trouble"]) == (2, "not valid UTF-8 at byte 0")
    (tmp_path / "back.parquet").write_bytes(restored(tmp_path / "a.parquet"))
    back = pq.read_table(tmp_path / "back.parquet")
    assert back.column("n").to_pylist() == [1, 2, 3, 4]
    assert back.column("text").cast(pa.binary()).to_pylist() == held.to_pylist()


def warc(kind: str, body: bytes, length: int | None = None) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{len(body)}>\r\n"
    head += "WARC-Date: 2020-01-02T03:04:05Z\r\n"
    head += "WARC-Target-URI: http://s.example/a\r\nWARC-Payload-Digest: sha1:X\r\n"
    head += f"Content-Type: {'text/plain' if kind == 'conversion' else 'application/http; msgtype=response'}\r\n"
    return f"{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body + b"\r\n\r\n"


def test_a_web_archive_becomes_lines_of_articles(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    page = "<html><body><article>" + "<p>The council met on Monday, and junk was the word of it all.</p>" * 9
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    members = [warc("warcinfo", b"x: y\r\n"), warc("response", http), warc("response", b"HTTP/1.1 404 No\r\n\r\n")]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(map(gzip.compress, members)))
    run(tmp_path / "a.warc.gz")
    (line,) = gzip.decompress((tmp_path / "out" / "clean" / "a.warc.jsonl.gz").read_bytes()).splitlines()
    row = json.loads(line)
    assert (row["url"], row["date"], row["digest"]) == ("http://s.example/a", "2020-01-02T03:04:05Z", "sha1:X")
    assert row["offset"] == len(gzip.compress(members[0]))
    assert "The council met" in row["text"]
    assert "junk" not in row["text"]
    restore(tmp_path / "out", tmp_path / "back")
    back = json.loads(gzip.decompress((tmp_path / "back" / "a.warc.jsonl.gz").read_bytes()))
    assert "junk was" in back["text"]


@pytest.mark.parametrize("length", [2, 99999])
def test_a_record_of_wrong_length_costs_itself(tmp_path: Path, length: int) -> None:
    pytest.importorskip("fastwarc")
    bad = warc("conversion", b"bad text", length)
    (tmp_path / "a.wet").write_bytes(warc("conversion", b"a junk b") + bad + warc("conversion", b"c"))
    assert [json.loads(line)["text"] for line in clean_of(tmp_path / "a.wet").splitlines()] == ["a b", "c"]
    (error,) = errors_of(tmp_path / "out")
    assert error["raw"].encode() == bad
    assert "Content-Length" in error["trouble"]


def test_a_record_that_is_too_long_is_kept_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LONGEST", 300_000)
    monkeypatch.setattr(cutting, "PART", 300_000)
    long = b'{"text": "' + b"x" * 1_000_000 + b'"}\n'
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "a junk b"}\n' + long + b'{"text": "c"}\n')
    assert clean_of(tmp_path / "a.jsonl") == b'{"text": "a b"}\n{"text": "c"}\n'
    assert "".join(row["raw"] for row in errors_of(tmp_path / "out")).encode() == long
    assert restored(tmp_path / "a.jsonl") == (tmp_path / "a.jsonl").read_bytes()


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CleanerError, match=r"a\.parquet: needs pyarrow: pip install 'article-cleaner\[dumps\]'"):
        Source(Path("a.parquet"), "a.parquet", FORMATS["parquet"]).check()


def test_a_file_far_away_is_read_through_fsspec(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://dump/deep/a.jsonl", "wb") as file:
        file.write(b'{"text": "a junk b"}\n')
    sources = find_sources(["memory://dump"], Choice(SUFFIXES), FORMATS["txt"])
    assert [source.name for source in sources] == ["deep/a.jsonl"]
    job = Job(Cleaner([JUNK]), Fields(), lambda _: None)
    assert clean_into(tmp_path / "out", sources, job, {}, How(jobs=0))
    assert (tmp_path / "out" / "clean" / "deep" / "a.jsonl").read_bytes() == b'{"text": "a b"}\n'
    assert not clean_into(tmp_path / "out", sources, job, {}, How(jobs=0))
