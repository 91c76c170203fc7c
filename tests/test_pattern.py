"""Patterns: what searches finds what `regex` finds."""

import random
import time
import unicodedata

import pcre2
import pytest
import regex

from cleaner.find import Clock
from cleaner.find.letters import spelt_out
from cleaner.find.pattern import Line, Pattern
from cleaner.find.phrases import SLOT, Phrases, filled
from cleaner.fold import View, fold_case, plain
from cleaner.model import Rule
from cleaner.rules import MARK, builtin_rules

_PART = 0x400
RULES = [rule for rule in builtin_rules() if rule.pattern]


def pattern(source: str, **slots: tuple[str, ...]) -> Pattern:
    return Pattern(Rule("kind/name", "", (), (), source, slots=slots), source)


def spans(source: str, line: str) -> list[tuple[int, int]]:
    return pattern(source).spans(Line(line), Clock.of(5))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_both_engines_find_the_same_in_the_examples(rule: Rule) -> None:
    views = [View(MARK.sub(r"\1", example)) for example in rule.examples]
    lines = [view.plain[slice(*view.content(number))] for view in views for number in range(len(view.starts))]
    folded = fold_case("\n".join(lines))
    for source in filter(None, (rule.pattern, rule.through)):
        held = {name: Phrases(rule.slots[name]).in_line(folded) for name in dict.fromkeys(SLOT.findall(source))}
        peer, ours = regex.compile(filled(source, held)), Pattern(rule, source)
        for line in lines:
            assert ours.spans(Line(line), Clock.of(60)) == [match.span() for match in peer.finditer(line)], line


def test_lines_in_which_a_letter_is_no_letter_to_the_other_engine_are_known() -> None:
    for first in range(0, 0x110000, _PART):
        part = "".join(chr(code) for code in range(first, first + _PART) if not 0xD800 <= code < 0xE000)
        for sign in (r"\w", r"\d", r"\s"):
            ours = {match.start() for match in pcre2.finditer(sign, part)}
            apart = ours ^ {match.start() for match in regex.finditer(sign, part)}
            assert {unicodedata.category(part[place]) for place in apart if not Line(part[place]).is_doubtful} <= {"Cn"}


@pytest.mark.parametrize("sign", [r"\w", r"\W", r"[\w&-]", r"[^\w]", r"[\W_é]", r"[^\W\d]", r"[\W]"])
def test_letters_spelt_out_are_those_of_the_other_engine(sign: str) -> None:
    spelt = pcre2.compile(spelt_out(sign))
    for first in range(0, 0x110000, _PART):
        part = "".join(chr(code) for code in range(first, first + _PART) if not 0xD800 <= code < 0xE000)
        apart = {match.start() for match in spelt.finditer(part)} ^ {
            match.start() for match in regex.finditer(sign, part)
        }
        assert {unicodedata.category(part[place]) for place in apart} <= {"Cn"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_both_engines_find_the_same_in_lines_with_doubtful_letters(rule: Rule) -> None:
    views = [View(MARK.sub(r"\1", example)) for example in rule.examples[:4]]
    lines = [view.plain[slice(*view.content(number))] for view in views for number in range(len(view.starts))]
    chance = random.Random(rule.id)
    for source in filter(None, (rule.pattern, rule.through)):
        ours = Pattern(rule, source)
        for line in filter(None, lines):
            place, sign = chance.randint(0, len(line)), chance.choice("\u200d\u200c½²\u0903Ⓐ⁰")
            other = line[:place] + sign + line[place:]
            held = {name: Phrases(rule.slots[name]).in_line(fold_case(other)) for name in SLOT.findall(source)}
            found = [match.span() for match in regex.finditer(filled(source, held), other)]
            assert ours.spans(Line(other), Clock.of(60)) == found, other


def test_comments_and_classes_that_are_not_understood_are_not_spelt_out() -> None:
    assert [spelt_out(source) for source in (r"\w#", r"(?#[)\w", r"[[:alpha:]\w]", "(?x: # [\\w\n)")] == [None] * 4
    assert spelt_out("(?x) # [\n \\\\w a") == "(?x) # [\n \\\\w a"


def test_marks_that_take_room_are_parts_of_words() -> None:
    assert spans(r"\w+\b", "हिन्दी में") == [(0, 6), (7, 10)]


@pytest.mark.parametrize(
    ("source", "line", "span"),
    [
        (r"(?:junk){e<=1}", "jnnk", (0, 4)),
        (r"\m\w+k\M", "so junk", (3, 7)),
        (r"(?V1)[\w--[a-m]]+", "beg pun", (4, 7)),
        (r"(?<=^\w+ )junk", "some junk", (5, 9)),
    ],
)
def test_what_only_regex_knows_means_what_it_means_there(source: str, line: str, span: tuple[int, int]) -> None:
    assert spans(source, line) == [span]


def test_a_line_that_is_too_much_for_one_engine_is_left_to_the_other() -> None:
    with pytest.raises(pcre2.LibraryError, match="stack"):
        pcre2.search("^(?:a|aa)+$", "a" * 9000)
    assert spans("^(?:a|aa)+$", "a" * 9000) == [(0, 9000)]


def test_many_finds_in_a_long_line_take_no_time_that_grows_with_its_square() -> None:
    line, started = "é junk " * 100_000, time.monotonic()
    assert len(spans("junk", line)) == 100_000
    assert time.monotonic() - started < 5


def test_more_phrases_than_fit_in_a_pattern() -> None:
    phrases = tuple(f"{number * 7919 % 10007:05} {'junk' * 5}{number}" for number in range(3000))
    with pytest.raises(pcre2.PatternError, match="too large"):
        pcre2.compile(filled("{{phrase}}", {"phrase": phrases}))
    many = pattern("^{{phrase}}$", phrase=phrases)
    assert [many.matches(Line(line), Clock.of(5)) for line in (phrases[17], phrases[2999], "junk")] == [
        True,
        True,
        False,
    ]


def test_what_begins_alike_is_written_once_and_the_longer_is_tried_first() -> None:
    assert filled("{{greeting}}!", {"greeting": ("hello", "help", "hell", "x")}) == "(?:x|hel(?:p|l(?:o|)))!"


def test_a_slot_without_phrases_never_matches() -> None:
    assert filled("a|{{none}}", {"none": ()}) == "a|(?!)"


@pytest.mark.parametrize("line", ["IŞIK", "ışık", "Işık", "İŞİK"])
def test_dotted_and_dotless_i_are_one_letter(line: str) -> None:
    assert spans("(?i)^ışık$", plain(line)) == [(0, 4)]
    assert pattern("(?i)^{{light}}$", light=("ışık",)).matches(Line(plain(line)), Clock.of(5))
