"""What the server loads that forks workers where a run cannot: the work, and silence of those born after its death.

Where a run is ended by `kill -9` while it starts a worker, the server, or the worker it just forked, reads half of what
it was to be told. Neither has anyone to tell of it.
"""

import pickle
import sys
from types import TracebackType

from cleaner.batch import worker

__all__ = ["worker"]


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, (EOFError, ConnectionError, pickle.UnpicklingError)):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell
