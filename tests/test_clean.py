"""The engine: laws over random and over real articles, and what it promises of one document."""

import functools
import pickle
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from benchmarks.corpora import site
from cleaner import Cleaner, CleanResult, Document, Rule, edit
from cleaner.find import Clock, Finder, find_all
from cleaner.fold import View
from tests.corpora import needs_corpora, real_articles
from tests.strategies import rule_sets, texts

RuleSet = tuple[Rule, ...]
JUNK = Rule("kind/junk", "", ("junk",), (), "junk", removes="match")


def restored(result: CleanResult) -> str:
    return edit.restore(result.text, [(removal.start, result.removed(removal)) for removal in result.removals])


@given(texts, rule_sets)
def test_text_is_only_deleted_and_comes_back(text: str, rules: RuleSet) -> None:
    result = Cleaner(rules).clean(text)
    assert result.text == edit.delete(text, result.removals)
    assert restored(result) == text


@given(texts, rule_sets)
def test_cleaning_twice_changes_nothing_more(text: str, rules: RuleSet) -> None:
    once = Cleaner(rules, guard=1).clean(text)
    assert Cleaner(rules, guard=1).clean(once.text).removals == ()


@given(texts, rule_sets, st.randoms())
def test_the_order_of_rules_changes_nothing(text: str, rules: RuleSet, chance: random.Random) -> None:
    assert Cleaner(chance.sample(rules, len(rules))).clean(text) == Cleaner(rules).clean(text)


@given(texts, rule_sets)
def test_no_second_look_is_left_out_that_would_find_something(text: str, rules: RuleSet) -> None:
    finder, clock = Finder(rules), Clock.of(60)
    always = find_all(finder, View(text), "", clock, functools.partial(edit.merge))
    assert find_all(finder, View(text), "", clock) == always


@given(texts)
def test_a_text_without_junk_comes_out_as_it_went_in(text: str) -> None:
    assert Cleaner([Rule("a/b", "", ("\x00",), (), "\x00")]).clean(text).text == text


def test_what_a_removal_lays_bare_goes_too() -> None:
    rules = [JUNK, Rule("kind/credit", "", ("©",), (), "^© Foo$")]
    assert Cleaner(rules).clean("story\njunk © Foo\nend").text == "story\nend"


def test_a_rule_of_the_end_finds_what_becomes_the_end_after_some_rounds() -> None:
    rules = [JUNK, Rule("kind/end", "", ("fin",), (), "^fin$", where="tail")]
    assert Cleaner(rules, guard=1).clean("fin\n____________________\njunk").text == ""


def test_separators_over_nothing_go_under_the_name_of_what_went() -> None:
    story = "The council met on Monday and closed the bridge.\n"
    text = f"{story}___\n* * *\njunk\n"
    result = Cleaner([Rule("kind/line", "", ("junk",), (), "junk")]).clean(text)
    assert result.text == story
    assert {removal.rules for removal in result.removals} == {("kind/line",)}
    assert Cleaner([JUNK], allow=["___"]).clean(text).text == f"{story}___\n"
    assert Cleaner([]).clean(text).text == text
    assert Cleaner([JUNK], tidy=True).clean("A junk story.\n___  \n").text == "A story.\n___\n"


def test_the_guard_keeps_a_text_that_would_lose_too_much() -> None:
    result = Cleaner([JUNK], guard=0.5).clean("junk junk story")
    assert (result.text, result.removals) == ("junk junk story", ())
    assert "guard" in result.trouble


def test_past_the_time_limit_a_text_stays_and_the_rule_is_named() -> None:
    result = Cleaner([Rule("kind/slow", "", ("a",), (), "(?:a|aa)+$")], time_limit=0.05).clean("a" * 60 + "!")
    assert result.removals == ()
    assert "kind/slow" in result.trouble


def test_a_cleaner_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(Cleaner([JUNK])))  # noqa: S301  our own bytes
    assert copy.clean("a junk b").text == "a b"


def test_a_result_survives_pickling() -> None:
    result = Cleaner([JUNK]).clean("a junk b")
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301  our own bytes


def test_the_url_decides_on_rules_of_a_site() -> None:
    only = Cleaner([Rule("kind/site", "", ("junk",), (), "junk", sites=("news.example",))], guard=1)
    assert only.clean("junk", url="https://www.news.example/a").text == ""
    assert only.clean("junk", url="https://other.example/").text == "junk"
    assert only.clean("junk", url="https://[broken").text == "junk"


def test_marked_diff_and_offsets() -> None:
    result = Cleaner([JUNK]).clean("one junk two\n")
    assert result.marked() == "one [-junk -]two\n"
    assert "-one junk two\n+one two\n" in result.diff()
    assert (result.to_clean(9), result.to_original(4)) == (4, 9)


def test_the_module_level_functions_use_the_built_in_rules() -> None:
    assert cleaner.clean("The council met.\n© Getty Images\n").text == "The council met.\n"


# The same laws over real articles with the built-in rules.


@pytest.fixture(scope="module")
def results() -> list[tuple[dict[str, Any], CleanResult]]:
    built_in = Cleaner()
    rows = real_articles(step=20)
    return [(row, built_in.clean_document(Document(row["text"], row["id"], {"url": site(row)}))) for row in rows]


Results = list[tuple[dict[str, Any], CleanResult]]


@needs_corpora
def test_real_articles_come_back(results: Results) -> None:
    assert all(restored(result) == row["text"] for row, result in results)
    assert sum(bool(result.removals) for _, result in results) > 100


@needs_corpora
def test_real_articles_cleaned_twice_change_nothing_more(results: Results) -> None:
    built_in = Cleaner()
    again = [row["id"] for row, result in results if built_in.clean(result.text, site(row)).removals]
    assert again == []


@needs_corpora
def test_real_articles_without_a_removal_are_the_same_text(results: Results) -> None:
    assert all(result.text == row["text"] for row, result in results if not result.removals)


@needs_corpora
def test_real_articles_in_any_order_of_rules(results: Results) -> None:
    rules = list(Cleaner().rules)
    random.Random(1).shuffle(rules)
    shuffled = Cleaner(rules)
    assert all(shuffled.clean(row["text"], site(row)).removals == result.removals for row, result in results[::10])


@needs_corpora
def test_real_articles_literals_only_save_time(results: Results) -> None:
    finder = Cleaner().finder
    for row, _ in results[::25]:
        view = View(row["text"])
        every = {
            claim
            for rule in finder.rules
            if not rule.sites
            for line in range(len(view.starts))
            for claim in finder.claims_of_line(view, line, rule, Clock.of(60))
        }
        assert every == set(finder.find(view, "", Clock.of(60))), row["id"]


@needs_corpora
def test_real_articles_no_cut_glues_two_words(results: Results) -> None:
    for _, result in results:
        for joint in {result.to_clean(removal.start) for removal in result.removals}:
            before, after = result.text[joint - 1 : joint] if joint else "", result.text[joint : joint + 1]
            assert not (before + after).isascii() or not (before.isalnum() and after.isalnum()), result.text[
                : joint + 9
            ]


@pytest.mark.parametrize("text", [None, b"junk", 7])
def test_what_is_no_text_is_said_to_be_none(text: Any) -> None:
    with pytest.raises(TypeError, match="must be a str"):
        Cleaner(()).clean(text)
