"""Tier and languages of a rule."""

from dataclasses import replace
from pathlib import Path

from cleaner import Rule
from cleaner.rules import builtin_rules, by_id
from cleaner.traits import languages, languages_of_phrases, tier

RULE = Rule("kind/name", "", ("x",), ())


def test_a_tier_is_what_has_to_be_asked_for() -> None:
    assert tier(RULE) == "default"
    assert tier(replace(RULE, strict=True)) == "strict"
    assert tier(replace(RULE, also="byline")) == "also:byline"


def test_a_rule_with_phrases_knows_their_languages() -> None:
    assert {"German", "Zulu"} <= set(languages(by_id(builtin_rules(), "credit/label")))


def test_a_rule_whose_id_names_a_language_knows_that_one() -> None:
    assert languages(replace(RULE, id="legal/chinese-licence")) == ("Chinese",)
    assert languages(RULE) == ()


def test_own_phrases_add_their_language(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "x.toml").write_text('language = "Klingon (spoken)"\n[phrases]\ngreeting = ["nuqneH"]\n')
    rule = replace(RULE, slots={"greeting": ("nuqneH",)})
    assert languages(rule, languages_of_phrases([tmp_path])) == ("Klingon",)
