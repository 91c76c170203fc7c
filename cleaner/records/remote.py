"""Files that are not on this machine, through fsspec: found, told apart by a stamp, and read."""

import contextlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from cleaner.errors import CleanerError

STAMPS = ("ETag", "etag", "mtime", "LastModified", "Last-Modified", "blob_id", "created")  # by kind of storage
BUFFER = 1 << 20  # bytes read at once
STALLED = 300  # seconds without a byte after which a web server is given up
DENIED = {401, 403}  # status of a web server
MISSING = {404, 410}  # the same


class UnreadableError(CleanerError):
    """A file cannot be read; a run over many goes on without it."""


class Found(NamedTuple):
    """A file that a url leads to: its url, its name relative to what was asked for, and whether the url names it."""

    url: str
    name: str
    named: bool


def found_at(url: str) -> list[Found]:
    """Return the file that a url names, or the files below it, each folder's own before those of its folders.

    Raises:
        CleanerError: nothing is there, it cannot be read, or a name leads out of the folder.
    """
    with _telling(url):
        filesystem, root = _filesystem(url)
        # Not `isdir`: of a web server that fetches the whole file, and takes the links in it for files in a folder.
        if filesystem.info(root)["type"] != "directory":
            return [Found(filesystem.unstrip_protocol(root), _file_name(url, root), True)]
        paths = {path.removeprefix(root).strip("/"): path for path in filesystem.find(root)}
    names = sorted((name for name in paths if name and not _is_hidden(name)), key=_order)
    return [Found(filesystem.unstrip_protocol(paths[name]), _safe(url, name), False) for name in names]


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") and part != ".." for part in name.split("/"))


def _order(name: str) -> tuple[tuple[bool, str], ...]:
    """Files come before folders, as they do in a folder of this machine."""
    *folders, last = name.split("/")
    return (*((True, part) for part in folders), (False, last))


def _file_name(url: str, path: str) -> str:
    """Name of a file: of an address of the web without what is asked of the server, such as a signature."""
    name = (urlsplit(path).path if _is_web(path) else path).rstrip("/").rpartition("/")[2]
    return _safe(url, name or "index.html")


def _safe(url: str, name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or "\0" in name:
        raise CleanerError(f"{url}: {name!r} is no name that a file of the output can have: rename it there")
    return name


def stamp(url: str) -> list[int | str]:
    """Return what changes when a file does: its size, and a mark of its content or time where its storage has one.

    Raises:
        UnreadableError: it cannot be reached.
    """
    with _telling(url):
        filesystem, path = _filesystem(url)
        info = filesystem.info(path)
    return [int(info.get("size") or 0), next((str(info[key]) for key in STAMPS if key in info), "")]


@contextlib.contextmanager
def opened(url: str) -> Iterator[BinaryIO]:
    """Open a file to read.

    Raises:
        UnreadableError: it cannot be read, now or later.
    """
    with _Far(url) as raw, io.BufferedReader(raw, BUFFER) as file:
        yield file


class _Far(io.RawIOBase):
    """A file far away. Each kind of storage has errors of its own: all become one."""

    def __init__(self, url: str) -> None:
        self.url, self.place, self.moved = url, 0, False
        with _telling(url):
            self.filesystem, self.path = _filesystem(url)
            self.file = self.filesystem.open(self.path, "rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if (offset, whence) in {(0, io.SEEK_CUR), (self.place, io.SEEK_SET)}:
            return self.place
        with _telling(self.url):
            self.place, self.moved = int(self.file.seek(offset, whence)), True
        return self.place

    def readinto(self, buffer: Any) -> int:
        with _telling(self.url):
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            return bytes(self.file.read(size))
        except ValueError as error:
            if not _is_web(self.path):
                raise
            if self.moved:
                raise UnreadableError(
                    f"{self.url}: cannot be read: its server gives no parts of files: download it first"
                ) from error
        self._stream()
        return bytes(self.file.read(size))

    def _stream(self) -> None:
        """Go on, at the same place, in one answer of a web server that gives no parts of files."""
        self.file.close()
        self.file = self.filesystem.open(self.path, "rb", block_size=0)
        left = self.place
        while left:
            passed = len(self.file.read(min(left, BUFFER)))
            if not passed:
                raise EOFError("the file has become shorter")
            left -= passed

    def close(self) -> None:
        if not self.closed and hasattr(self, "file"):
            with contextlib.suppress(Exception):  # what was read is read
                self.file.close()
        super().close()


def _is_web(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def _filesystem(url: str) -> tuple[Any, str]:
    import fsspec  # noqa: PLC0415  comes with an extra

    options: dict[str, Any] = {}
    if _is_web(url):
        from aiohttp import ClientTimeout  # noqa: PLC0415  comes with what fsspec needs for the web

        # Bytes as they lie there, and as much time as they take: aiohttp unpacks, and ends all after five minutes.
        own = fsspec.config.conf.get(urlsplit(url).scheme, {}).get("client_kwargs", {})
        asked = {"headers": {"Accept-Encoding": "identity"}, "auto_decompress": False}
        options["client_kwargs"] = {**asked, "timeout": ClientTimeout(total=None, sock_read=STALLED), **own}
    filesystem, path = fsspec.core.url_to_fs(url, **options)
    return filesystem, str(path)


@contextlib.contextmanager
def _telling(url: str) -> Iterator[None]:
    try:
        yield
    except CleanerError:
        raise
    except Exception as error:  # each kind of storage has errors of its own
        raise UnreadableError(f"{url}: cannot be read: {_why(error)}") from error


def _why(error: object) -> str:
    """Say in one line why, and what helps."""
    cause = getattr(error, "__cause__", None)
    if isinstance(error, FileNotFoundError) and type(cause).__module__.startswith("aiohttp"):
        return _why(cause)  # fsspec says so of whatever a web server answers
    status, kind = getattr(error, "status", 0), type(error).__name__
    if isinstance(error, FileNotFoundError) or status in MISSING:
        return "no such file or folder"
    said = (str(error).strip() or kind).splitlines()[0]
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"{said}: pip install {error.name}"
    if isinstance(error, PermissionError) or status in DENIED:
        return f"access is denied ({said}): check the credentials, and that they may list and read it"
    if "Credentials" in kind:
        return f"{said}: set them as its client wants them, or for a public bucket FSSPEC_S3_ANON=true"
    return said
