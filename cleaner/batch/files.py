"""Files that appear under their name only when they are whole."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cleaner.errors import CleanerError


@contextlib.contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears under its name only when it is whole.

    Raises:
        CleanerError: the folder or the file cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".cleaner-", dir=path.parent)
    try:
        with writing(path):
            with open(handle, "wb") as file:
                yield file
            os.chmod(name, path.stat().st_mode if path.exists() else 0o666 & ~_umask())
            os.replace(name, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


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
