"""What can be seen of each line of a page that tells story from the rest: signs with names, no verdict."""

import re
from collections import Counter
from collections.abc import Sequence

from cleaner.extract.blocks import Block, Place

LONG = 80
# What trafilatura made of a line.
KEPT, PARTLY, DROPPED, UNREAD = "read", "partly read", "not read", "page not read"
_END = re.compile(r"""[.!?…。！？।؟。]["'”’»」』)\]]*$""")
_BYLINE = re.compile(r"(?i)(?:by|von|por|par|di|door|af|av)\s+(\w)")
_DATE = re.compile(
    r"(?i)\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d"
)
_MARK = re.compile(r"[©|»›→▶►•]|\.\.\.$|…$|>>")
_LENGTHS = (15, 30, 60, 100, 160, 250, 500)


def see(blocks: Sequence[Block], read: str | None, body: str = "", titles: str = "") -> None:
    """Note the signs of every block, as far as they can be seen before any is judged.

    Args:
        blocks: the lines of a page in order.
        read: the text that trafilatura takes for the article, None where it did not read the page.
        body: the text that the page's structured data gives as the article, if any.
        titles: the titles that the page gives.
    """
    near = _distances(blocks)
    votes = _votes(blocks, read)
    likely = [
        vote == KEPT if read else place.startswith("near in") and len(block.text) > LONG > 2 * block.linked
        for block, place, vote in zip(blocks, near, votes, strict=True)
    ]
    layout = _layout(blocks, likely, "")
    copies = Counter(block.text for block in blocks)
    seen: set[str] = set()
    title, told = squeezed(titles), squeezed(body)
    shapes = [_shape(block) for block in blocks]
    end = len(blocks) - 1
    for number, block in enumerate(blocks):
        vote, seen_in_text = votes[number], _text_signs(block)
        signs = ["any", near[number], *layout[number], *seen_in_text, *block.place.signs, vote]
        signs += [f"{vote} {sign}" for sign in (near[number], *layout[number], *seen_in_text[:3])]
        if copies[block.text] > 1:
            signs.append("copy again" if block.text in seen else "copy")
            seen.add(block.text)
        flat = squeezed(block.text)
        if len(flat) > 8 and title and (flat in title or title in flat):
            signs.append("title")
        if told:
            signs.append("told" if flat in told else "untold")
        before = blocks[number - 1] if number else None
        after = blocks[number + 1] if number < end else None
        signs.append(f"before {_kinship(block, before)}{shapes[number - 1] if before else 'nothing'}")
        signs.append(f"after {_kinship(block, after)}{shapes[number + 1] if after else 'nothing'}")
        block.signs = signs


def see_again(blocks: Sequence[Block], scores: Sequence[float]) -> list[list[str]]:
    """Return what more can be seen of every block once each has a first score."""
    likely = [score > 0 for score in scores]
    layout = _layout(blocks, likely, "again ")
    near = _distances(blocks, likely)
    steps = ["x", "x", *(str(max(-4, min(4, int(score // 1)))) for score in scores), "x", "x"]
    around = zip(steps, steps[1:], steps[2:], steps[3:], steps[4:], strict=False)
    return [
        [
            *(f"own {own}", f"previous {one}", f"next {two}", f"second previous {zero}", f"second next {three}"),
            *(f"{one} and {two}", f"again {place}", *more),
        ]
        for (zero, one, own, two, three), place, more in zip(around, near, layout, strict=True)
    ]


def _layout(blocks: Sequence[Block], likely: Sequence[bool], prefix: str) -> list[tuple[str, str]]:
    kin, (first, last) = _kin(blocks, likely), _ends(blocks, likely)
    return [(prefix + kin[number], prefix + _at(number, first, last)) for number in range(len(blocks))]


def squeezed(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def _votes(blocks: Sequence[Block], read: str | None) -> list[str]:
    """What trafilatura made of each block."""
    if read is None:
        return [UNREAD] * len(blocks)
    lines = {squeezed(line) for line in read.splitlines()}
    whole = squeezed(read)
    return [_vote(squeezed(block.text), lines, whole) for block in blocks]


def _vote(flat: str, lines: set[str], whole: str) -> str:
    if flat in lines:
        return KEPT
    if flat in whole:
        return KEPT if len(flat) > 30 else PARTLY  # a short one may be there by chance
    # something may have been cut out of it
    return PARTLY if len(flat) > 60 and flat[:30] in whole and flat[-30:] in whole else DROPPED


def _shape(block: Block) -> str:
    size = len(block.text)
    return "link" if block.linked > 0.5 * size else "long" if size > LONG else "short"


def _kinship(block: Block, other: Block | None) -> str:
    return "kin " if other and other.place.signature == block.place.signature else ""


def _text_signs(block: Block) -> list[str]:
    text, size = block.text, len(block.text)
    words = text.count(" ") + 1
    share = block.linked / size
    link = "all" if share > 0.9 else "most" if share > 0.5 else "some" if share > 0.2 else "few" if share else "none"
    length = next((limit for limit in _LENGTHS if size <= limit), 1000)
    rough = 60 if size <= 60 else 160 if size <= 160 else 500
    commas = min(text.count(",") + text.count("、") + text.count("，"), 3)
    signs = [f"link {link}", f"length {length}", f"link {link} length {rough}", f"commas {commas}"]
    if _END.search(text):
        signs.append(f"sentence {length}")
    if text[-1] in ":：":
        signs.append("label")
    if words < 12:
        if (byline := _BYLINE.match(text)) and byline[1].isupper():
            signs.append("byline")
        if _DATE.search(text):
            signs.append("date")
    if _MARK.search(text):
        signs.append("mark")
    if text.isupper():
        signs.append("capitals")
    if block.bold > 0.8 * size:
        signs.append("bold")
    if block.links > 2:
        signs.append("links")
    return signs


def _distances(blocks: Sequence[Block], likely: Sequence[bool] | None = None) -> list[str]:
    """How far each block is from the element that holds most paragraphs, counted as readability counts them."""
    scores: dict[Place, float] = {}
    for number, block in enumerate(blocks):
        size = len(block.text)
        # The limits are readability's own.
        if not likely[number] if likely else size < 25 or block.linked > 0.5 * size:
            continue
        gain = 1 + block.text.count(",") + min(size / 100, 3)
        holder = block.place if block.place.tag in {"article", "div", "section", "td"} else block.place.parent
        for share in (1.0, 0.5, 0.25):
            if holder is None:
                break
            scores[holder] = scores.get(holder, 0) + gain * share
            holder = holder.parent
    if not scores:
        return ["near none"] * len(blocks)
    best = max(scores, key=lambda place: scores[place])
    above = set(_upwards(best))
    known: dict[Place, str] = {}
    for block in blocks:
        if block.place not in known:
            known[block.place] = _distance(block.place, best, above)
    return [known[block.place] for block in blocks]


def _upwards(place: Place | None) -> list[Place]:
    found = []
    while place is not None:
        found.append(place)
        place = place.parent
    return found


def _distance(place: Place, best: Place, above: set[Place]) -> str:
    steps, at = 0, place
    while at not in above and at.parent is not None:
        at, steps = at.parent, steps + 1
    if at is best:
        return f"near in {min(steps, 4)}"
    return f"near out {min(best.depth - at.depth, 3)} {min(steps, 3)}"


def _kin(blocks: Sequence[Block], likely: Sequence[bool]) -> list[str]:
    """How much of the likely text stands in elements named like a block's own and its parent, and how pure they are."""
    taken: Counter[tuple[str, str]] = Counter()
    whole: Counter[tuple[str, str]] = Counter()
    keys = [(block.place.parent.signature if block.place.parent else "", block.place.signature) for block in blocks]
    for key, block, good in zip(keys, blocks, likely, strict=True):
        whole[key] += len(block.text)
        if good:
            taken[key] += len(block.text)
    total = sum(taken.values()) or 1
    known = {key: _share(taken[key] / total, taken[key] / size) for key, size in whole.items()}
    return [known[key] for key in keys]


def _share(share: float, pure: float) -> str:
    part = "main" if share > 0.4 else "some" if share > 0.1 else "few" if share else "none"
    return f"kin {part} {'pure' if pure > 0.9 else 'most' if pure > 0.5 else 'part' if pure else 'no'}"


def _ends(blocks: Sequence[Block], likely: Sequence[bool]) -> tuple[int, int]:
    long = [
        number
        for number, (block, good) in enumerate(zip(blocks, likely, strict=True))
        if good and len(block.text) > LONG and block.linked < 0.5 * len(block.text)
    ]
    return (long[0], long[-1]) if long else (len(blocks), -1)


def _at(number: int, first: int, last: int) -> str:
    if first <= number <= last:
        return "at first" if number == first else "at last" if number == last else "amid"
    gap = first - number if number < first else number - last
    return f"{'head' if number < first else 'tail'} {1 if gap == 1 else 3 if gap <= 3 else 8 if gap <= 8 else 'far'}"
