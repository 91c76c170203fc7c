"""Rule files: what they become, and the error each mistake gives."""

from dataclasses import replace
from pathlib import Path

import pytest

import cleaner
from cleaner import Rule
from cleaner.find import filled
from cleaner.rules import RuleError, builtin_rules, chosen, load_rules, pack, unpack, written_literals

GOOD = """
why = "A test."
literals = ["junk"]
pattern = '''junk'''
examples = ["[-junk-]", "no harm"]
"""

SELECTS = GOOD.replace("literals = [\"junk\"]\npattern = '''junk'''", "select = 'i'").replace("junk", "<i>junk</i>")


def write(folder: Path, text: str, name: str = "kind/name.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_the_id_is_the_path(tmp_path: Path) -> None:
    (rule,) = load_rules(write(tmp_path, GOOD, "kind/sub/name.toml"))
    assert (rule.id, rule.category, rule.removes) == ("kind/sub/name", "kind", "line")


def test_a_rule_for_elements_needs_no_literals(tmp_path: Path) -> None:
    (rule,) = load_rules(write(tmp_path, SELECTS))
    assert (rule.select, rule.literals) == ("i", ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("why = 'x", r"name\.toml: not valid TOML"),
        (GOOD + "patern = 'x'", "patern: unknown key, did you mean pattern"),
        (GOOD.replace('why = "A test."', ""), "why: is missing"),
        (GOOD.replace("'''junk'''", "'''(junk'''"), "pattern: not a valid pattern"),
        (GOOD.replace('"[-junk-]", ', ""), "examples: needs at least one with"),
        (GOOD.replace(', "no harm"', ""), "examples: needs at least one with"),
        (GOOD.replace('["junk"]', "[]"), "literals: must be a list of texts"),
        (GOOD.replace('["junk"]', '[""]'), "literals: must be a list of texts"),
        (GOOD.replace('["junk"]', '"junk"'), "literals: must be a list of texts"),
        (GOOD + "removes = 'all'", "removes: must be line or match, not 'all'"),
        (GOOD + "where = 'middle'", "where: must be head or tail"),
        (GOOD + "strict = 'yes'", "strict: must be true or false"),
        (GOOD + "longest = 'x'", "longest: must be a number of characters"),
        (GOOD + "longest = 0", "longest: must be a number of characters"),
        (GOOD + "select = 'p'", "either a pattern or a select"),
        (SELECTS + "where = 'head'", "where: has no meaning beside select"),
        (SELECTS + "literals = ['junk']", "literals: has no meaning beside select"),
        (GOOD.replace('literals = ["junk"]', ""), "literals: is missing"),
        (GOOD.replace("'''junk'''", "'''{{nothing}}'''"), r"no file in words/ has phrases called \{\{nothing\}\}"),
        (GOOD.replace("'''junk'''", "'''{{agenci}}'''"), r"did you mean \{\{agency\}\}"),
        (GOOD.replace("'''junk'''", "3"), "pattern: must be a text"),
        (SELECTS.replace("'i'", "'p['"), "select: not a valid CSS selector"),
    ],
)
def test_a_mistake_names_file_key_and_mend(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        load_rules(write(tmp_path, text))
    assert "name.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_rule_outside_a_folder_of_its_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"KIND/name\.toml"):
        load_rules(write(tmp_path, GOOD, "name.toml"))


def test_a_missing_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such folder"):
        load_rules(tmp_path / "nowhere")
    with pytest.raises(RuleError, match="no rule in it"):
        load_rules(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "kind").mkdir()
    (tmp_path / "kind" / "name.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleError, match="not valid TOML"):
        load_rules(tmp_path)


def test_phrases_of_every_language_fill_a_slot(tmp_path: Path) -> None:
    slot = GOOD.replace("'''junk'''", "'''^{{greeting}}$'''").replace('["junk"]', '["{{greeting}}"]')
    write(tmp_path, slot.replace('"[-junk-]"', '"[-hello-]"'))
    write(tmp_path, 'language = "A"\n[phrases]\ngreeting = ["good day", "l’ami."]', "words/a.toml")
    write(
        tmp_path, 'language = "B"\n[phrases]\ngreeting = ["hello"]\n[examples]\n"kind/name" = ["[-x-]"]', "words/b.toml"
    )
    (rule,) = load_rules(tmp_path)
    assert rule.slots == {"greeting": ("good day", "l'ami.", "hello")}
    assert filled(rule.pattern, rule.slots) == r"^(?:l\'ami\.|hello|good\ day)$"
    assert rule.literals == ("good day", "l'ami.", "hello")
    assert "[-x-]" in rule.examples


def test_select_and_ignore_take_ids_and_categories() -> None:
    rules = builtin_rules()
    assert {rule.category for rule in chosen(rules, ["runon", "credit/label"], [])} == {"runon", "credit"}
    assert "runon/person" not in {rule.id for rule in chosen(rules, [], ["runon/person"])}


def test_an_unknown_name_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(RuleError, match="did you mean runon/person"):
        chosen(builtin_rules(), ["runon/persn"], [])


def test_one_text_in_place_of_a_list_is_told() -> None:
    with pytest.raises(TypeError, match=r"ignore: must be a list of names, not 'credit': did you mean \['credit'\]\?"):
        cleaner.Cleaner(ignore="credit")
    with pytest.raises(TypeError, match=r"rules: must be rules, not texts: `cleaner\.load_rules` reads"):
        cleaner.Cleaner(["our-rules"])  # type: ignore[list-item]


def test_rules_of_a_folder_run_beside_the_built_in_ones(tmp_path: Path) -> None:
    own = cleaner.load_rules(str(write(tmp_path, GOOD)))
    engine = cleaner.Cleaner([*cleaner.builtin_rules(), *own])
    assert {"kind/name", "credit/copyright-sign"} <= {rule.id for rule in engine.rules}


def test_lint_looks_at_rules_for_elements(tmp_path: Path) -> None:
    assert written_literals(load_rules(write(tmp_path, SELECTS))[0]) == ()


def test_built_in_patterns_are_valid() -> None:
    folder = Path(builtin_rules()[0].source).parents[1]
    assert {rule.id for rule in load_rules(folder)} == {rule.id for rule in builtin_rules()}


def test_built_in_rules_cover_every_category() -> None:
    categories = "credit runon related promo social advert player comments legal consent nav markup contact"
    assert set(categories.split()) <= {rule.category for rule in builtin_rules()}


def test_packed_rules_are_the_same_rules(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, GOOD + 'sites = ["a.example"]\nremoves = "match"'))
    assert unpack(pack(rules), tmp_path) == rules


def test_strict_rules_and_groups_take_part_when_asked() -> None:
    plain, strict, byline = (Rule(f"kind/{name}", "", (), ()) for name in ("plain", "strict", "byline"))
    rules = (plain, replace(strict, strict=True), replace(byline, also="byline"))
    assert [rule.id for rule in chosen(rules)] == ["kind/plain"]
    assert [rule.id for rule in chosen(rules, strict=True)] == ["kind/plain", "kind/strict"]
    assert [rule.id for rule in chosen(rules, also=["byline"])] == ["kind/byline", "kind/plain"]
    with pytest.raises(RuleError, match="no group of rules is called caption; there are: byline"):
        chosen(rules, also=["caption"])
