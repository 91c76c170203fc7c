"""Files that appear under their name only when they are whole, and files that are rewritten where they lie."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cleaner.errors import CleanerError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears under its name only when it is whole.

    Raises:
        CleanerError: the folder or the file cannot be written.
    """
    import tempfile  # noqa: PLC0415  a file without junk is not written

    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".cleaner-", dir=path.parent)
    try:
        with writing(path):
            with open(handle, "wb") as file:
                yield file
            os.chmod(name, stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask())
            os.replace(name, path)
    finally:
        with contextlib.suppress(OSError):  # it is not there any more; Windows keeps what may only be read
            os.unlink(name)


def rewrite(path: Path, data: bytes, before: os.stat_result) -> None:
    """Put other bytes into a file that keeps its mode, its owner and all its names.

    It is replaced whole. Only a file that has several names (hard links), or whose owner a new file cannot have, is
    written over.

    Args:
        path: the file, not a link to it.
        data: what it is to hold.
        before: what the system said of it before it was read.

    Raises:
        CleanerError: it was changed since, or cannot be written.
    """
    with writing(path):
        now = path.stat()
    if (now.st_size, now.st_mtime_ns, now.st_ino) != (before.st_size, before.st_mtime_ns, before.st_ino):
        raise CleanerError(f"{path}: was changed while it was cleaned: run this again")
    if now.st_nlink > 1 or not _replaced(path, data, now):
        with writing(path), path.open("r+b") as file:
            file.write(data)
            file.truncate()


def _replaced(path: Path, data: bytes, now: os.stat_result) -> bool:
    """Put a new file of the same owner in the place of one; False if that cannot be."""
    with contextlib.suppress(_ForeignError), written(path) as file:
        file.write(data)
        file.flush()
        made = os.fstat(file.fileno())
        if (made.st_uid, made.st_gid) != (now.st_uid, now.st_gid):
            try:
                os.chown(file.fileno(), now.st_uid, now.st_gid)
            except (OSError, AttributeError):  # only root gives files away; Windows has no such call
                raise _ForeignError from None
        return True
    return False


class _ForeignError(Exception):
    """A new file cannot have the owner of the old one."""


@contextlib.contextmanager
def alone(path: Path) -> Iterator[os.stat_result]:
    """Keep others of us that rewrite files away from one that has several names, and say what it is.

    A file of one name needs no lock: others see it as it was, or as it will be.

    Raises:
        CleanerError: it cannot be read.
    """
    with contextlib.ExitStack() as held:
        try:
            found = path.stat()
            if found.st_nlink > 1 and fcntl:
                file = held.enter_context(path.open("rb"))
                with contextlib.suppress(OSError):  # there are file systems without locks
                    fcntl.flock(file, fcntl.LOCK_EX)
                found = path.stat()
        except OSError as error:
            raise CleanerError(f"{path}: cannot be read: {error.strerror}") from error
        yield found


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name the file where the system says that it cannot be written.

    Raises:
        CleanerError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise CleanerError(f"{path}: cannot be written: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
