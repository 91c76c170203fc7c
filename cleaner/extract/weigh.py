"""Which lines of a page are its story: the signs of each line weighed, then once more with what that has shown."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import exp

from cleaner.extract.blocks import Block
from cleaner.extract.signs import see_again

Weights = Mapping[str, Sequence[float]]
LEAN = 0.2
_NONE = (0.0, 0.0)
_SURE = 50.0  # a score beyond which exp() only grows


@cache
def weights() -> Weights:
    """Return the weights of each sign at the first and at the second look; `benchmarks/weigh.py` learns them."""
    table: Weights = json.loads((files("cleaner.extract") / "weights.json").read_text(encoding="utf-8"))
    return table


def weigh(blocks: Sequence[Block], table: Weights | None = None, lean: float = LEAN) -> None:
    """Score every block by its signs: above 0 is story.

    Args:
        blocks: the lines of a page in order, with their signs.
        table: the weights; None means the built-in ones.
        lean: added to each score: how much rather a line is kept than lost.
    """
    table = weights() if table is None else table
    found = [[table.get(sign, _NONE) for sign in block.signs] for block in blocks]
    first = [sum([pair[0] for pair in pairs]) for pairs in found]
    for block, pairs, more in zip(blocks, found, see_again(blocks, first), strict=True):
        block.signs += more
        block.score = lean + sum([pair[1] for pair in pairs]) + sum([table.get(sign, _NONE)[1] for sign in more])


def doubt(blocks: Sequence[Block]) -> float:
    """Return how many characters the scores expect to be wrong, for each of the story; 1 where there is no story.

    A score is the logarithm of the odds that a line is story, since a logistic regression learnt the weights.
    """
    wrong = sum([len(block.text) / (1 + exp(min(abs(block.score), _SURE))) for block in blocks])
    story = sum([len(block.text) for block in blocks if block.score > 0])
    return min(wrong / story, 1.0) if story else 1.0


def reasons(block: Block, table: Weights | None = None, most: int = 3) -> list[str]:
    """Return the signs that speak most for what became of a block."""
    known = weights() if table is None else table
    sense = 1 if block.score > 0 else -1
    weighed = sorted((sense * known[sign][1], sign) for sign in block.signs if sign in known and sign != "any")
    return [sign for weight, sign in reversed(weighed[-most:]) if weight > 0]
