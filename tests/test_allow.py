"""The allow-list: exact texts stay, in every door; its file is read, found and written."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Allowed, Cleaner, Document, Rule, load_allowed
from cleaner.allow import FILE_NAME, AllowError, AllowList, find_allow_file, toml_text, written_out
from cleaner.batch.work import Plan
from cleaner.records import Block, Fields
from cleaner.records.jsonl import JSON_LINES
from tests.runs import JUNK, LINE
from tests.test_cli import Runner, run

__all__ = ["run"]

CREDITS = "A story.\n© Getty Images\nIt goes on.\n© Reuters\nThe end.\n"


def test_an_allowed_text_stays_and_others_go() -> None:
    assert Cleaner(allow=["© Getty Images"]).clean(CREDITS).text == CREDITS.replace("© Reuters\n", "")


def test_white_space_around_it_does_not_count_but_all_else_does() -> None:
    assert "Getty" in Cleaner(allow=[" © Getty Images\n\n"]).clean(CREDITS).text
    assert "Getty" not in Cleaner(allow=["Getty Images"]).clean(CREDITS).text
    assert "Getty" not in Cleaner(allow=["© getty images"]).clean(CREDITS).text


def test_a_text_may_be_allowed_in_one_article_only() -> None:
    cleaner = Cleaner(allow=[Allowed("© Getty Images", article="a")])
    texts = [cleaner.clean_document(Document(CREDITS, name)).text for name in ("a", "b", "")]
    assert ["Getty" in text for text in texts] == [True, False, False]


def test_what_stays_does_not_draw_its_neighbours_along() -> None:
    text = "The story goes on.\n\nAD one\n\nAD two\n\nThe end"
    assert Cleaner([LINE], allow=["AD one"]).clean(text).text == "The story goes on.\n\nAD one\n\nThe end"
    assert Cleaner([LINE], allow=["AD two"]).clean("Story.\nAD one\nAD two").text == "Story.\nAD two"


def test_of_a_claim_in_two_pieces_one_may_be_allowed() -> None:
    """Where two words would touch, a claim leaves a space of its own and so becomes two removals."""
    text, rule = (
        "wordjunk filler.Next",
        Rule("k/r", "x", ("junk",), (), pattern=r"junk filler\.", removes="match", folded=True),
    )
    removals = [text[cut.start : cut.end] for cut in Cleaner([rule]).clean(text).removals]
    assert removals == ["junk", "filler."]
    assert Cleaner([rule], allow=["junk"]).clean(text).text == "wordjunk Next"
    assert Cleaner([rule], allow=["filler."]).clean(text).text == "word filler.Next"


def test_a_text_that_two_rules_claim_stays_for_both() -> None:
    other = Rule("kind/more", "x", ("junk",), (), pattern="junk and more", removes="match", folded=True)
    assert Cleaner([JUNK, other]).clean("a story junk and more of it").text == "a story of it"
    cleaner = Cleaner([JUNK, other], allow=["junk and more"])
    assert cleaner.clean("a story junk and more of it").removals == ()


def test_what_several_rounds_take_together_can_be_allowed() -> None:
    nested = Rule("kind/nest", "x", ("(",), (), pattern=r"\([^()]*\)", removes="match", folded=True)
    text = "a story (of (two) parts) here"
    (removal,) = Cleaner([nested]).clean(text).removals
    assert "(of (two) parts)" in text[removal.start : removal.end]
    assert Cleaner([nested], allow=["(of (two) parts)"]).clean(text).text == text


@given(
    st.lists(st.sampled_from(["story", "AD a", "AD b", "", "x junk y", "junk"]), max_size=8),
    st.sampled_from(["AD a", "junk", "AD b"]),
)
def test_only_the_allowed_text_stays_and_a_second_cleaning_changes_nothing(lines: list[str], allowed: str) -> None:
    text = "\n".join(lines)
    cleaner = Cleaner([JUNK, LINE], allow=[allowed], guard=1.0)
    result = cleaner.clean(text)
    assert allowed not in {result.removed(removal).strip() for removal in result.removals}
    assert cleaner.clean(result.text).removals == ()
    assert "AD b" not in result.text or allowed == "AD b"


BOX = Rule("kind/box", "x", ("zz",), (), select=".zz-box")
INNER = Rule("kind/inner", "x", ("zz",), (), select=".zz-inner")
STORY = "".join(f"<p>The council met for the {n}th time and agreed on the budget of the town.</p>" for n in range(9))
PAGE = (
    f'<html><body><article>{STORY}<p class="zz-box">The mayor spoke\n <b class="zz-inner">in the hall</b> of it.</p>'
    '<p class="zz-box">The clerk wrote about it in the book of the town.</p></article></body></html>'
)


@pytest.mark.parametrize("rules", [(BOX, INNER), (INNER, BOX)])
def test_an_element_of_a_page_whose_text_is_allowed_is_not_cut_nor_what_is_in_it(rules: tuple[Rule, ...]) -> None:
    entry = Allowed("The mayor spoke in the hall of it.")
    result = Cleaner(rules, allow=[entry]).clean_html(PAGE)
    assert "The mayor spoke in the hall of it." in result.text
    assert [part.rule for part in result.pruned] == ["kind/box"]
    assert result.spared.allowed == {entry}


def test_an_element_may_be_allowed_in_one_article_of_a_dump() -> None:
    cleaner = Cleaner([BOX], allow=[Allowed("The mayor spoke in the hall of it.", article="b")])
    source = "".join(json.dumps({"id": name, "page": PAGE}) + "\n" for name in "ab")
    plan = Plan(cleaner, Fields(html="page"))
    block = Block(1, source.encode(), (len(source) // 2, len(source)), (0, len(source) // 2))
    records = JSON_LINES.records(block, plan.reading("d.jsonl"))
    assert ["mayor" in record.texts[0].document.text for record in records] == [False, True]


def test_what_was_of_use_is_on_record() -> None:
    both = Cleaner(allow=["© Getty Images", "© Nobody", Allowed("© Reuters", article="a")])
    assert both.clean(CREDITS).spared.allowed == {Allowed("© Getty Images")}
    named = both.clean_document(Document(CREDITS, "a"))
    assert named.spared.allowed == {Allowed("© Getty Images"), Allowed("© Reuters", article="a")}


def test_it_can_be_pickled() -> None:
    cleaner = pickle.loads(pickle.dumps(Cleaner(allow=["© Getty Images"])))  # noqa: S301  our own
    assert "Getty" in cleaner.clean(CREDITS).text


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    entries = (Allowed('a "b"\n\tc\x7f\u2028', "id", "kind/rule", "it's 'so'", "2026-01-31"), Allowed("d"))
    path = tmp_path / FILE_NAME
    path.write_text(written_out(entries[:1], new=True), encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(written_out(entries[1:], new=False))
    assert load_allowed(path) == entries


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_written_as_toml(text: str) -> None:
    import tomllib  # noqa: PLC0415

    assert tomllib.loads(f"x = {toml_text(text)}")["x"] == text


def test_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(AllowError, match="lone surrogate"):
        toml_text("\ud800")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[allow]", "not valid TOML"),
        ("[[allow]]\ntxt = 'a'", "entry 1: txt: unknown key, known keys are text"),
        ("[[allow]]\ntext = 5", "entry 1: text: must be a text"),
        ("[[allow]]\ntext = 'a'\n[[allow]]\ntext = ' '", "entry 2: text: is missing or empty"),
        ("allow = 5", "holds other things"),
        ("[rules]\nx = 1", "holds other things"),
    ],
)
def test_a_broken_list_is_one_line_with_the_mend(run: Runner, tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "list.toml").write_text(content)
    done = run("clean", "-", "--allow", tmp_path / "list.toml", stdin=b"x")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert f"list.toml: {message}" in done.err


def test_a_list_that_is_not_there_is_said(run: Runner, tmp_path: Path) -> None:
    assert "no.toml: cannot be read" in run("clean", "-", "--allow", tmp_path / "no.toml", stdin=b"x").err


def test_the_nearest_list_above_counts(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / FILE_NAME).write_text("[[allow]]\ntext = '© Getty Images'\n")
    monkeypatch.chdir(deep)
    assert find_allow_file() == tmp_path / FILE_NAME
    assert b"Getty" in run("clean", "-", "-q", stdin=CREDITS.encode()).out
    (tmp_path / "a" / FILE_NAME).write_text("[[allow]]\ntext = '© Reuters'\n")
    assert b"Getty" not in run("clean", "-", "-q", stdin=CREDITS.encode()).out


def test_it_holds_in_place_as_a_hook_runs_it(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(CREDITS)
    (tmp_path / FILE_NAME).write_text("[[allow]]\ntext = '© Getty Images'\n[[allow]]\ntext = '© Reuters'\n")
    assert run("clean", "--in-place", "a.txt").code == 0
    assert (tmp_path / "a.txt").read_text() == CREDITS


def test_the_run_notes_its_list(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(CREDITS)
    (tmp_path / "mine.toml").write_text("[[allow]]\ntext = '© Reuters'\ndate = 2026-01-31\n")
    run("clean", "a.txt", "-o", "out", "--allow", "mine.toml")
    noted = json.loads((tmp_path / "out" / "run.json").read_text())["options"]["allow"]
    assert noted == AllowList(["© Reuters"]).sha256
    assert (
        AllowList(["a", "b"]).sha256 == AllowList(["b", " a"]).sha256 != AllowList(["a"]).sha256 != AllowList().sha256
    )
    assert "Reuters" in (tmp_path / "out" / "clean" / "a.txt").read_text()


def test_a_review_adds_to_the_list_that_the_config_names(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cleaner.toml").write_text("allow = 'mine.toml'\n")
    (tmp_path / "mine.toml").write_text("[[allow]]\ntext = 'old'\n")
    row = {"file": "a", "record": 1, "id": "", "rules": ["credit/element"], "text": "© Reuters"}
    row |= {"before": "", "after": "", "verdict": "wrong"}
    (tmp_path / "d.json").write_text(json.dumps({"decisions": 1, "judged": [row]}))
    assert run("review", "apply", "d.json", "--everywhere").code == 0
    assert [entry.text for entry in load_allowed(tmp_path / "mine.toml")] == ["old", "© Reuters"]
    assert b"Reuters" in run("clean", "-", "-q", stdin=CREDITS.encode()).out
