from typing import Self

class Folder:
    def __new__(cls, variants: dict[str, str], twins: dict[str, str], /) -> Self: ...
    def __call__(
        self, text: str, /
    ) -> tuple[str, str, bytes, list[str], list[int], list[int], list[tuple[int, int]]] | None: ...
