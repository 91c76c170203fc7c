"""The unified diff: what `patch` makes of it, and what a reader sees."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from cleaner import Cleaner, CleanResult, Document, Removal, edit
from cleaner.fold import View
from cleaner.report.diff import visible
from tests.strategies import texts_and_claims

needs_patch = pytest.mark.skipif(shutil.which("patch") is None, reason="the program `patch` is not installed")


def result_of(text: str, *removals: Removal) -> CleanResult:
    return CleanResult(Document(text, "doc"), removals)


def patched_back(folder: Path, result: CleanResult) -> str:
    clean, diff = folder / "clean", folder / "diff"
    clean.write_text(result.text, encoding="utf-8", newline="")
    diff.write_text(result.diff(), encoding="utf-8", newline="")
    if result.removals:
        subprocess.run(["patch", "-R", "--posix", "-s", str(clean), str(diff)], check=True)
    return clean.read_bytes().decode() if clean.exists() else ""


@needs_patch
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts_and_claims())
def test_patch_restores_the_original(tmp_path: Path, given_: tuple[str, list[Removal]]) -> None:
    text, claims = given_
    result = result_of(text, *edit.merge(View(text), claims))
    assert patched_back(tmp_path, result) == text


@needs_patch
def test_a_line_joined_to_the_next_is_shown_with_it(tmp_path: Path) -> None:
    text = "The story goes on.\rRelated:\n© Getty Images\nThe end of it all.\n"
    assert patched_back(tmp_path, result_of(text, Removal(18, 28, ("a/b",)), Removal(28, 43, ("c/d",)))) == text


def test_hunk_headings_name_the_rules() -> None:
    lines = "".join(f"{number}\n" for number in range(20))
    result = result_of("x\n" + lines + "y\n", Removal(0, 2, ("a/b",)), Removal(52, 54, ("c/d", "e/f")))
    headings = [line for line in result.diff().splitlines() if line.startswith("@@")]
    assert headings == ["@@ -1,4 +1,3 @@ a/b", "@@ -19,4 +18,3 @@ c/d, e/f"]


def test_no_newline_at_the_end_is_said() -> None:
    assert (
        result_of("a\nb", Removal(1, 3, ("a/b",))).diff().endswith("-a\n-b\n\\ No newline at end of file\n+a\n" + MARK)
    )


MARK = "\\ No newline at end of file\n"


def test_nothing_removed_is_no_diff() -> None:
    assert result_of("a\n").diff() == ""


def test_a_hostile_name_cannot_break_the_header() -> None:
    diff = result_of("a\n", Removal(0, 2, ("a/b",))).diff("x\n+++ b/evil\x1b[31m\u202e")
    assert diff.splitlines()[0] == r"--- a/x\n+++ b/evil\x1b[31m\u202e"


def test_visible_shows_control_and_bidirectional_characters() -> None:
    assert visible("a\x07\u200f\u2028b") == r"a\x07\u200f\u2028b"


def test_what_a_page_held_beside_its_article_stands_above_the_diff() -> None:
    story = "The council met on Monday and agreed on a budget for the coming year after a long debate in the hall. "
    page = f"<body><nav><a href='/'>Home</a></nav><article><p>{story * 3}</p><p>{story}</p></article></body>"
    assert "# left out: extraction: Home (" in Cleaner().clean_html(page, left_out=True).diff("page")
    assert "left out" not in Cleaner(()).clean_html(page).diff("page")
