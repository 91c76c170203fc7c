"""What removals do to a text: laws over random texts and claims, and the joints one by one."""

import random

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from cleaner import edit
from cleaner.fold import View, plain
from cleaner.model import Removal
from tests.strategies import texts, texts_and_claims

TextAndClaims = tuple[str, list[Removal]]
GLUED = regex.compile(r"(?V1)[\w--[\p{Han}\p{Hiragana}\p{Katakana}_]]{2}")


def cut(marked: str) -> str:
    """Merge and delete what is marked `[-so-]`, each mark by a rule of its own."""
    text, claims, gone = regex.sub(r"\[-(.*?)-\]", r"\1", marked, flags=regex.DOTALL), [], 0
    for match in regex.finditer(r"\[-(.*?)-\]", marked, regex.DOTALL):
        start = match.start() - gone
        claims.append(Removal(start, start + len(match[1]), (f"rule/{start}",)))
        gone += 4
    return edit.delete(text, edit.merge(View(text), claims))


@given(texts_and_claims())
def test_removals_are_sorted_apart_and_inside_the_text(given_: TextAndClaims) -> None:
    text, claims = given_
    removals = edit.merge(View(text), claims)
    edges = [edge for removal in removals for edge in (removal.start, removal.end)]
    assert edges == sorted(edges)
    assert all(0 <= removal.start < removal.end <= len(text) for removal in removals)


@given(texts_and_claims())
def test_delete_takes_the_removed_characters_and_no_other(given_: TextAndClaims) -> None:
    text, claims = given_
    removals = edit.merge(View(text), claims)
    gone = {place for removal in removals for place in range(removal.start, removal.end)}
    assert edit.delete(text, removals) == "".join(c for place, c in enumerate(text) if place not in gone)


@given(texts_and_claims())
def test_restore_gives_the_original_back(given_: TextAndClaims) -> None:
    text, claims = given_
    removals = edit.merge(View(text), claims)
    cuts = [(removal.start, text[removal.start : removal.end]) for removal in removals]
    assert edit.restore(edit.delete(text, removals), cuts) == text


@given(texts_and_claims(), st.randoms())
def test_order_of_claims_changes_nothing(given_: TextAndClaims, chance: random.Random) -> None:
    text, claims = given_
    shuffled = chance.sample(claims, len(claims))
    assert edit.merge(View(text), claims) == edit.merge(View(text), shuffled)


@given(texts_and_claims())
def test_no_visible_story_goes_that_no_rule_claimed(given_: TextAndClaims) -> None:
    text, claims = given_
    claimed = {place for claim in claims for place in range(claim.start, claim.end)}
    for removal in edit.merge(View(text), claims):
        for place in range(removal.start, removal.end):
            assert place in claimed or not regex.match(r"\w", plain(text)[place])


@given(texts_and_claims())
def test_no_cut_glues_two_words(given_: TextAndClaims) -> None:
    text, claims = given_
    removals = edit.merge(View(text), claims)
    clean = edit.delete(text, removals).replace("\\n", " \n")  # the `n` of a line break written out is no letter
    for joint in {edit.Offsets(removals).to_clean(removal.start) for removal in removals}:
        assert not GLUED.fullmatch(clean[:joint][-1:] + clean[joint:][:1])


@given(texts_and_claims())
def test_a_line_break_goes_only_with_a_whole_line(given_: TextAndClaims) -> None:
    text, claims = given_
    assume("\\n" not in text)  # one that is left of several no longer counts as a line break
    view = View(text)
    removals = edit.merge(view, claims)
    clean_lines = View(edit.delete(text, removals)).plain.split("\n")
    held = [line.split() for line in view.plain.split("\n")]
    for line in clean_lines:
        assert any(_subsequence("".join(line.split()), "".join(words)) for words in held)


def _subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


@given(texts_and_claims(), st.data())
def test_offsets_map_both_ways(given_: TextAndClaims, data: st.DataObject) -> None:
    text, claims = given_
    removals = edit.merge(View(text), claims)
    clean = edit.delete(text, removals)
    offset = data.draw(st.integers(0, len(clean)))
    offsets = edit.Offsets(removals)
    there = offsets.to_original(offset)
    assert offsets.to_clean(there) == offset
    assert text[there : there + 1] == clean[offset : offset + 1]


@given(texts_and_claims())
def test_overlapping_claims_keep_both_names(given_: TextAndClaims) -> None:
    text, claims = given_
    removals = edit.merge(View(text), claims)
    for claim in claims:
        for removal in removals:
            if removal.start <= claim.start < claim.end <= removal.end and regex.search(
                r"\w", plain(text)[claim.start : claim.end]
            ):
                assert set(claim.rules) <= set(removal.rules)


@pytest.mark.parametrize(
    ("marked", "clean"),
    [
        ("Jane Doe[-Jane Ann DoeVote fails MORE-] after", "Jane Doe after"),
        ("Jane Doe [-Jane Ann DoeVote fails MORE-] after", "Jane Doe after"),
        ("Jane Doe [-Jane Ann DoeVote fails MORE-]’s critics", "Jane Doe’s critics"),
        ("Jane Doe [-Vote MORE-], the mayor", "Jane Doe, the mayor"),
        ("Jane Doe [-Vote MORE-] (R-Texas)", "Jane Doe (R-Texas)"),
        ("of pair.[-Lexoni edhe: Lajme-]Sot", "of pair. Sot"),
        ("of pair.[-ReadThis-]Sot", "of pair.Sot"),
        ("under[-Advert-]stand", "underAdvertstand"),
        ("under[-An advert-]stand", "under stand"),
        ("one [-junk-] [-junk-] two", "one two"),
        ("([-junk-] two)", "(two)"),
        ("[-Photo: X-] two", "two"),
        ("one [-Photo: X-]", "one"),
        ("one [-Photo: X-] \ntwo", "one \ntwo"),
        ("日本[-広告-]語", "日本語"),
        ("“[-junk-]”\ntwo", "two"),
        ("costs [-NVDA, +1.50%-] .2B more", "costs .2B more"),
    ],
)
def test_joints(marked: str, clean: str) -> None:
    assert cut(marked) == clean


@pytest.mark.parametrize(
    ("marked", "clean"),
    [
        ("a\n[-x-]\nb\n", "a\nb\n"),
        ("a\n\n[-x-]\n\nb\n", "a\n\nb\n"),
        ("a\n\n\n[-x-]\n\nb", "a\n\nb"),
        ("a\n\n[-x-]\n\n\nb", "a\n\nb"),
        ("a\n\n\n[-x-]\nb", "a\n\n\nb"),
        ("a\n[-x-]\n\n\nb", "a\n\n\nb"),
        ("a\n\n[-x-]\n[-y-]\n\nb", "a\n\nb"),
        ("a\n[-x-]\n\n[-y-]\nb", "a\n\nb"),
        ("[-x-]\n\na", "a"),
        ("a\n\n[-x-]", "a"),
        ("a\n\n[-x-]\n", "a\n"),
        ("a\r\n[-x-]\r\nb\r\n", "a\r\nb\r\n"),
        ("a\r\n[-x-]", "a"),
        ("a\u2028[-x-]\u2028b", "a\u2028b"),
        (r"a\n[-x-]\nb\n", r"a\nb\n"),
        ("\ufeff[-x-]\na", "\ufeffa"),
        ("  [-x-]  \na", "a"),
        ("[-x-]", ""),
    ],
)
def test_whole_lines(marked: str, clean: str) -> None:
    assert cut(marked) == clean


def test_restore_refuses_a_text_that_is_not_the_clean_one() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        edit.restore("ab", [(5, "x")])


def test_mark() -> None:
    assert edit.mark("abc", [Removal(1, 2, ("a/b",))]) == "a[-b-]c"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a  \nb\t", "a\nb"),
        ("a \r\n \r\n\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
        ("a\n\n \n\n", "a\n\n"),
        ("  a\n\nb", "  a\n\nb"),
        (r"a \n\n\nb", r"a\n\nb"),
        ("\ufeff \na", "\ufeff\na"),
        ("", ""),
    ],
)
def test_tidy(text: str, clean: str) -> None:
    assert edit.delete(text, edit.tidy(View(text))) == clean


@given(texts)
def test_tidy_takes_white_space_only_and_leaves_nothing_to_tidy(text: str) -> None:
    view = View(text)
    removals = edit.tidy(view)
    assert all(not view.plain[removal.start : removal.end].strip() for removal in removals)
    assert edit.tidy(View(edit.delete(text, removals))) == []


def bare(marked: str) -> str:
    """Delete what is marked, then the separators that this laid bare."""
    pieces = regex.split(r"\[-(.*?)-\]", marked, flags=regex.DOTALL)
    text, cuts, place = "".join(pieces), [], 0
    for number, piece in enumerate(pieces):
        if number % 2:
            cuts.append(Removal(place, place + len(piece), ("kind/one",)))
        place += len(piece)
    removals = edit.merge(View(text), cuts)
    left = edit.shortened(View(text), removals)
    claims = edit.separators(left.plain, removals)
    assert all(claim.rules == ("kind/one",) for claim in claims)
    return edit.delete(left.text, edit.merge(left, claims))


@pytest.mark.parametrize("line", ["___", "* * *", "---", "\u2014\u2014\u2014", "\u00d7", "\u2022", " ===  "])
def test_a_separator_at_an_end_goes_with_what_it_divided_from_the_story(line: str) -> None:
    assert bare(f"Story.\n\n{line}\n\n[-Follow us-]\n") == "Story.\n"
    assert bare(f"[-Share-]\n{line}\nStory.") == "Story."
    assert bare(f"Story.\n{line} [-Follow us-]") == "Story."


@pytest.mark.parametrize(
    "text",
    [
        "Story.\n___\n[-Follow us-]\nJane Roe contributed.",
        "Story.\n[-Share-]\nMore.\n___\n",
        "___\nStory.\n[-Follow us-]",
        "Story.\n...\n[-Follow us-]",
        "Story.\n?!\n[-Follow us-]",
        "Story.\n* 3\n[-Follow us-]",
    ],
)
def test_what_still_divides_or_is_no_separator_stays(text: str) -> None:
    assert bare(text) == cut(text)
