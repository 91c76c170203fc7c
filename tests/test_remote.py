"""Files far away: the bytes of a run on this machine, and one line where something is wrong."""

import gzip
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, Rule
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, UnreadableError, find_sources

fsspec = pytest.importorskip("fsspec")
JUNK = Rule("kind/junk", "", ("junk",), (), "junk", removes="match")
# More than fsspec asks of a web server at once.
LINES = b"".join(b'{"id": %d, "text": "%sjunk"}\n' % (number, b"The council met. " * 1000) for number in range(700))
FILES = {
    "z.jsonl": b'{"text": "a junk b"}\n',
    "deep/a.csv": b"id,text\n1,a junk b\n",
    "b.txt.gz": gzip.compress(b"a junk b", mtime=0),
}


@pytest.fixture
def far() -> Iterator[Any]:
    memory = fsspec.filesystem("memory")
    memory.store.clear()  # all tests share it
    for name, data in FILES.items():
        memory.pipe(f"/dump/{name}", data)
    yield memory
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def run(out: Path, *paths: str | Path) -> list[str]:
    told: list[str] = []
    sources = find_sources(paths, Choice(SUFFIXES), FORMATS["txt"])
    clean_into(out, sources, Job(Cleaner([JUNK], guard=1), Fields(), told.append), {}, How(jobs=0))
    return told


def written(out: Path) -> dict[str, bytes]:
    paths = (
        path for path in out.rglob("*") if path.is_file() and path.name != "run.json" and "parts" not in path.parts
    )
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.usefixtures("far")
def test_a_folder_far_away_becomes_what_the_same_here_becomes(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / "dump" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dump" / name).write_bytes(data)
    run(tmp_path / "here", tmp_path / "dump")
    run(tmp_path / "far", "memory://dump")
    assert written(tmp_path / "far") == written(tmp_path / "here")
    assert json.loads((tmp_path / "far" / "run.json").read_text())["files"][0]["name"] == "b.txt.gz"


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("path", ["memory://dump/no.jsonl", "memory://nowhere"])
def test_what_is_not_there_is_said_before_anything_is_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(CleanerError, match=rf"^{path}: cannot be read: no such file or folder$"):
        run(tmp_path / "out", path)
    assert not (tmp_path / "out").exists()


def test_hidden_files_far_away_are_no_input(far: Any) -> None:
    far.pipe("/dump/.git/x.txt", b"junk")
    names = [source.name for source in find_sources(["memory://dump"], Choice(SUFFIXES), FORMATS["txt"])]
    assert names == ["b.txt.gz", "z.jsonl", "deep/a.csv"]


@pytest.mark.parametrize("name", ["../../evil.txt", "deep/../../../evil.txt", "a//b.txt", "deep\\..\\evil.txt"])
def test_a_name_far_away_does_not_lead_out_of_the_output(far: Any, tmp_path: Path, name: str) -> None:
    far.store[f"/dump/{name}"] = far.store["/dump/z.jsonl"]  # as a bucket may name it
    with pytest.raises(CleanerError, match="no name that a file of the output can have"):
        run(tmp_path / "out", "memory://dump")


def test_a_connection_that_breaks_costs_one_file_until_the_next_run(
    far: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LostError(Exception):
        """What no library of ours knows."""

    opened = far.open

    def breaking(path: str, mode: str) -> Any:
        file = opened(path, mode)
        if path.endswith("big.jsonl"):
            whole = file.read  # of an object that the storage itself holds
            patch.setattr(file, "read", lambda size: lost() if file.tell() > len(LINES) // 2 else whole(size))
        return file

    def lost() -> bytes:
        raise LostError("connection reset\nby peer")

    far.pipe("/dump/big.jsonl", LINES)
    with monkeypatch.context() as patch:
        patch.setattr(far, "open", breaking)
        told = run(tmp_path / "out", "memory://dump")
    assert told == ["memory:///dump/big.jsonl: cannot be read: connection reset"]
    assert sorted(path.name for path in (tmp_path / "out" / "clean").rglob("*.*")) == ["a.csv", "b.txt.gz", "z.jsonl"]
    assert run(tmp_path / "out", "memory://dump") == []
    assert (tmp_path / "out" / "clean" / "big.jsonl").read_bytes() == LINES.replace(b" junk", b"")


def test_a_finished_run_whose_file_went_away_says_so(far: Any) -> None:
    sources = find_sources(["memory://dump/z.jsonl"], Choice(SUFFIXES), FORMATS["txt"])
    far.rm("/dump/z.jsonl")
    with pytest.raises(UnreadableError, match="no such file"):
        sources[0].stamp()


@pytest.mark.parametrize("path", ["nosuch://x/a.txt", "zip://a.txt"])
def test_an_address_that_fsspec_does_not_know_is_one_line(path: str) -> None:
    with pytest.raises(CleanerError, match=rf"^{path}: cannot be read: [^\n]+$"):
        find_sources([path], Choice(SUFFIXES), FORMATS["txt"])


def test_a_storage_whose_client_is_missing_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(url: str) -> None:
        del url
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", without)
    with pytest.raises(CleanerError, match=r"^s3://b/a\.txt: cannot be read: Install s3fs to access S3$"):
        find_sources(["s3://b/a.txt"], Choice(SUFFIXES), FORMATS["txt"])


@pytest.mark.usefixtures("far")
def test_an_output_folder_far_away_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CleanerError, match="-o wants a folder on this machine"):
        run(Path("s3://bucket/out"), "memory://dump")
    assert not list(tmp_path.iterdir())


class Server(BaseHTTPRequestHandler):
    """A web server: below /parts it gives parts of files; a number is the status of its answer; /short breaks off."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        kind, name = self.path.partition("?")[0].lstrip("/").split("/")
        data = LINES if name == "big.jsonl" else gzip.compress(b'<a href="/whole/other.txt">a</a> junk b', mtime=0)
        asked = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")) if kind == "parts" else None
        start, end = (int(asked[1]), min(int(asked[2]) + 1, len(data))) if asked else (0, len(data))
        self.send_response(int(kind) if kind.isdigit() else 206 if asked else 200)
        body = b"" if kind.isdigit() else data[start:end]
        self.send_header("Content-Length", str(len(body)))
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        if name.startswith("a.txt.gz"):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body:
            self.wfile.write(body[: len(body) // 2] if kind == "short" else body)
            self.close_connection = kind == "short"


@pytest.fixture
def web() -> Iterator[str]:
    pytest.importorskip("aiohttp", reason="fsspec reads the web with aiohttp")
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("kind", ["parts", "whole"])
def test_a_large_file_of_any_web_server_is_read(web: str, tmp_path: Path, kind: str) -> None:
    assert run(tmp_path / "out", f"{web}/{kind}/big.jsonl") == []
    assert (tmp_path / "out" / "clean" / "big.jsonl").read_bytes() == LINES.replace(b" junk", b"")


def test_a_file_of_the_web_is_no_folder_and_stays_packed_and_is_named_without_its_signature(
    web: str, tmp_path: Path
) -> None:
    assert run(tmp_path / "out", f"{web}/whole/a.txt.gz?sig=x/y.z") == []
    clean = (tmp_path / "out" / "clean" / "a.txt.gz").read_bytes()
    assert gzip.decompress(clean) == b'<a href="/whole/other.txt">a</a> b'


@pytest.mark.parametrize(
    ("status", "why"), [(404, "no such file or folder$"), (403, "access is denied .*: check"), (500, "500, message")]
)
def test_what_a_web_server_refuses_is_said(web: str, status: int, why: str) -> None:
    with pytest.raises(CleanerError, match=f"^{web}/{status}/a.txt: cannot be read: {why}"):
        find_sources([f"{web}/{status}/a.txt"], Choice(SUFFIXES), FORMATS["txt"])


def test_a_web_server_that_breaks_off_costs_its_file(web: str, tmp_path: Path) -> None:
    (told,) = run(tmp_path / "out", f"{web}/short/big.jsonl")
    assert re.match(r"http://[^ ]+/short/big.jsonl: cannot be read: [^\n]+$", told)
    assert not list((tmp_path / "out").rglob("clean/*"))
