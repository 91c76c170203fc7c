"""`cleaner rules`: looking at rules, proving them, trying them, writing new ones; as a rule's author meets it."""

import itertools
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
import regex

from cleaner.examples import alone, differences
from cleaner.rules import builtin_rules, load_rule
from tests.test_cli import ROOT, Run, Runner, run

__all__ = ["run"]  # the fixture

RULE = """why = "Zap."
literals = ["zap"]
pattern = '''(?i)^zap!?$'''
examples = ["[-Zap-]", "They zap the screen."]
"""


def write(folder: Path, text: str = RULE, name: str = "kind/zap.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Return a folder with one good rule."""
    write(tmp_path / "own")
    return tmp_path / "own"


# list and show


def test_a_pipe_gets_a_line_a_rule_with_tabs(run: Runner) -> None:
    rows = [line.split("\t") for line in run("rules", "list").out.decode().splitlines()]
    assert {len(row) for row in rows} == {4}
    assert [row[0] for row in rows] == sorted(rule.id for rule in builtin_rules())


def test_a_category_a_tier_and_a_language_narrow_the_list(run: Runner) -> None:
    listed = json.loads(run("rules", "list", "--category", "credit,optional", "--tier", "also", "--json").out)
    assert {row["category"] for row in listed} == {"optional"}
    assert all(row["tier"].startswith("also:") for row in listed)
    german = json.loads(run("rules", "list", "--language", "german", "--json").out)
    assert all("German" in row["languages"] for row in german)
    assert 0 < len(german) < len(builtin_rules())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["list", "--category", "credits"], "did you mean credit?"),
        (["list", "--tier", "stric"], "--tier stric: no rule is of it; there are also:bio"),
        (["list", "--language", "Klingon"], "--language Klingon: no words of it; there are Afrikaans"),
        (["show", "runon/persn"], "did you mean runon/person?"),
        (["test", "runon/persn"], "did you mean runon/person?"),
        (["try", "runon/persn", "."], "did you mean runon/person? One of your own needs --rules DIR"),
        (["try", "nowhere.toml", "."], "nowhere.toml: cannot be read: No such file"),
    ],
)
def test_a_wrong_name_is_one_line_with_a_hint(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    (tmp_path / "a.txt").write_text("story")
    monkeypatch.chdir(tmp_path)
    done = run("rules", *args)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert message in done.err


def test_show_names_the_line_of_the_pattern(run: Runner, rules: Path) -> None:
    shown = run("rules", "show", "kind/zap", "--rules", rules).out.decode()
    assert f"file: {rules}/kind/zap.toml:3" in shown
    assert "languages: general" in shown
    assert "tier: default" in shown


def test_a_terminal_gets_a_link_and_the_removed_struck_through(rules: Path) -> None:
    from cleaner.cli.rules.look import described  # noqa: PLC0415

    shown = described(load_rule(rules / "kind" / "zap.toml"), colour=True, links=True)
    assert f"\x1b]8;;{(rules / 'kind' / 'zap.toml').as_uri()}\x1b\\" in shown
    assert "\x1b[31;9m[-Zap-]\x1b[0m" in shown


# test


def test_rules_that_do_what_their_examples_say_exit_with_0(run: Runner, rules: Path) -> None:
    done = run("rules", "test", "--rules", rules)
    assert (done.code, done.out, done.err) == (0, b"", "cleaner: 1 rule, 2 examples, all as marked\n")


@pytest.mark.parametrize(
    ("example", "got", "why"),
    [
        ("[-Zip-]", "Zip", "none of its literals stands there"),
        ("[-Zap now-]", "Zap now", "a literal stands there, but the pattern does not match"),
        ("[-" + "zap " * 80 + "-]", None, "the line has 319 characters, and longest is 300"),
        ("Zap!", "[-Zap!-]", None),
    ],
)
def test_what_differs_is_shown_with_its_reason(
    run: Runner, rules: Path, example: str, got: str | None, why: str | None
) -> None:
    write(rules, RULE.replace('"They zap', f'"{example}", "They zap'))
    done = run("rules", "test", "kind/zap", "--rules", rules)
    assert done.code == 1
    assert f"  expected  {example}" in done.out.decode()
    assert f"  got       {got or ''}" in done.out.decode()
    assert ("because" in done.out.decode()) == (why is not None)
    assert (why or "") in done.out.decode()


def test_a_look_alike_that_is_taken_differs(run: Runner, rules: Path) -> None:
    write(rules, RULE.replace("^zap", "zap").replace("!?$", ""))
    (row,) = json.loads(run("rules", "test", "--rules", rules, "--json").out)
    assert (row["wanted"], row["got"]) == ("They zap the screen.", "[-They zap the screen.-]")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (RULE.replace("(?i)^zap", "(?i)^(zap"), "pattern: not a valid pattern: missing )"),
        (RULE.replace("(?i)^zap!?$", "(" * 3000 + "a" + ")" * 3000), "pattern: its groups are nested too deep"),
        (RULE.replace("(?i)^zap!?$", "a" * 60_000), "pattern: longer than 50,000 characters"),
        (RULE + "x = " + "[" * 5000 + "]" * 5000, "not valid TOML"),
        (RULE.replace("literals", "literal"), "literal: unknown key, did you mean literals?"),
    ],
)
def test_a_hostile_rule_is_one_line(run: Runner, tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    done = run("rules", "test", "--rules", tmp_path)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert f"{tmp_path}/kind/zap.toml: " in done.err
    assert message in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_in_a_folder_of_rules_is_an_error_and_no_wait(run: Runner, rules: Path) -> None:
    os.mkfifo(rules / "kind" / "pipe.toml")
    assert "pipe.toml: is no file of text" in run("rules", "test", "--rules", rules).err


def test_a_huge_folder_is_refused(run: Runner, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.rules.load._MOST_FILES", 3)
    for number in range(5):
        (rules / f"{number}.txt").touch()
    assert "name the folder of the rules itself" in run("rules", "test", "--rules", rules).err


BLOWS_UP = RULE.replace("^zap!?$", "^zap(?:a|a|b?a)*$").replace('"[-Zap-]"', '"[-Zap-]", "zap' + "a" * 60 + '!"')


def test_a_pattern_that_blows_up_is_stopped_by_the_clock(
    run: Runner, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.examples.TIME_LIMIT", 0.2)
    write(rules, BLOWS_UP)
    started = time.process_time()  # what patterns are stopped by
    done = run("rules", "test", "--rules", rules)
    assert (done.code, time.process_time() - started < 5) == (1, True)
    assert "because   rule kind/zap: its pattern ran over the time limit" in done.out.decode()


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize("command", ["list", "show", "test", "lint", "try"])
def test_a_rule_cannot_steer_the_terminal(run: Runner, tmp_path: Path, command: str) -> None:
    text = (
        RULE.replace('"Zap."', '"Z\\u001b[2J\\u202eap."')
        .replace("They zap", "They \\u001b[31m zap\\u009b it")
        .replace('"[-Zap-]"', '"[-Zip-]"')
    )
    path = write(tmp_path / "own", text, "kind/z\x1b[31map.toml")
    (tmp_path / "a.txt").write_text("story\nzap\n")
    more: dict[str, list[object]] = {"show": ["kind/z\x1b[31map"], "try": [path, tmp_path / "a.txt"]}
    done = run("rules", command, *more.get(command, []), "--rules", tmp_path / "own")
    assert done.code in {0, 1}, done.err
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.out.decode() + done.err)


# try


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    texts = ["A story.\nZap\nIt goes on.", "Zap\nMore of it.", "He said zap.\nZap!\nZap\n", "Nothing here."]
    path = tmp_path / "dump.jsonl"
    rows = [{"text": text, "url": f"https://{number % 2}.example/"} for number, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_try_counts_what_would_go_most_frequent_first(run: Runner, rules: Path, dump: Path) -> None:
    before = dump.read_bytes()
    found = json.loads(run("rules", "try", rules / "kind" / "zap.toml", dump, "--json").out)
    assert [found[key] for key in ("documents", "touched", "removals", "sites")] == [4, 3, 4, 2]
    assert [(row["text"].strip(), row["count"], row["documents"]) for row in found["most_frequent"]] == [
        ("Zap", 3, 3),
        ("Zap!", 1, 1),
    ]
    texts = [json.loads(line)["text"] for line in before.splitlines()]
    assert found["share"] == pytest.approx(found["removed_characters"] / sum(map(len, texts)))
    assert dump.read_bytes() == before


def test_try_shows_removals_in_context_and_what_is_near(run: Runner, rules: Path, dump: Path) -> None:
    shown = run("rules", "try", "kind", dump, "--rules", rules, "--near").out.decode()
    assert shown.startswith("4 documents read, 4 removals from 3 of them on 2 sites, ")
    assert "A story.⏎[-Zap⏎-]It goes on." in shown
    assert "He said zap." in shown.partition("a literal stands there, and nothing goes")[2]


def test_a_seed_draws_the_same_sample(run: Runner, rules: Path, dump: Path) -> None:
    def drawn(seed: int) -> str:
        args = ("try", rules / "kind" / "zap.toml", dump, "--sample", 2, "--seed", seed, "--json")
        return json.dumps(json.loads(run("rules", *args).out)["sample"])

    assert drawn(1) == drawn(1)
    assert len({drawn(seed) for seed in range(6)}) > 1


def test_try_takes_elements_from_pages(run: Runner, tmp_path: Path) -> None:
    story = "".join(
        f"<p>The council met for the {n}. time on the plan for the old harbour of the town.</p>" for n in range(9)
    )
    page = f'<html><body><article>{story}<div class="zap-box">Zap it all</div></article></body></html>'
    (tmp_path / "page.html").write_text(page)
    examples = """['[-<p class="zap-box">x</p>-]', '<p>zap</p>']"""
    rule = f"why = 'x'\nselect = '.zap-box'\nexamples = {examples}\n"
    path = write(tmp_path / "own", rule)
    found = json.loads(run("rules", "try", path, tmp_path / "page.html", "--json").out)
    assert [(row["text"], row["count"]) for row in found["most_frequent"]] == [("Zap it all", 1)]


def test_try_gives_a_rule_up_that_is_too_slow(
    run: Runner, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.authoring.trial.TIME_LIMIT", 0.05)
    (tmp_path / "slow.jsonl").write_text((json.dumps({"text": "zap" + "a" * 60 + "!"}) + "\n") * 20)
    done = run("rules", "try", write(rules, BLOWS_UP), tmp_path / "slow.jsonl")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "its pattern ran over the time limit of 0.05 s in 5 documents: see `cleaner rules lint`" in done.err


# new


def draft(run: Runner, tmp_path: Path, *args: str) -> Run:
    return run("rules", "new", *args, "--rules", tmp_path / "new")


@pytest.mark.parametrize(
    ("text", "also_goes"),
    [
        ("Test your wits in our quiz of 12 May 2024", "Test your wits in our quiz of 3 June 2031"),
        ("See www.zap.example/a?b for the rest", "See www.zip.example/c for the rest"),
        ("Mail ann.roe@zap.example with a tip", "Mail joe@zip.example with a tip"),
        (
            "Zap's “own” \\d {{a}} '''quoted''' # (really)",
            "zap's 'own' \\d {{a}} '''quoted''' # (really)".replace("'own'", '"own"'),
        ),
        ("続きを読む", "続きを読む"),
        ("Zap us on Zapper\nZap us on Zipper", "Zap us on Zipper"),
        ("zap " * 120, "zap " * 120),
    ],
)
def test_a_draft_passes_its_test_and_takes_what_varies(run: Runner, tmp_path: Path, text: str, also_goes: str) -> None:
    done = draft(run, tmp_path, "promo/zap", text)
    path = tmp_path / "new" / "promo" / "zap.toml"
    assert (done.code, done.out.decode().strip()) == (0, str(path))
    assert differences(load_rule(path)) == []
    taken = alone(load_rule(path)).clean(f"A story.\n{also_goes}\n")
    assert taken.text == "A story.\n"


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("The mayor left. [-Now read on here-]", "Now read on here, he said."),
        ("He [-ZAP FOR MORE-] came", "He zap for all came"),
    ],
)
def test_marks_make_a_rule_for_a_part_of_a_line(run: Runner, tmp_path: Path, text: str, stays: str) -> None:
    assert draft(run, tmp_path, "promo/zap", text, "--stays", stays).code == 0
    rule = load_rule(tmp_path / "new" / "promo" / "zap.toml")
    assert (rule.removes, differences(rule)) == ("match", [])
    assert stays in rule.examples


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["zap", "Zap it all"], "zap: an id is KIND/NAME, such as promo/zap; kinds are advert, comments"),
        (["Promo/My Zap", "Zap it all"], "an id is made of a-z, 0-9 and hyphens, such as promo/my-zap"),
        (["../../zap", "Zap it all"], "an id is made of a-z, 0-9 and hyphens"),
        (["/etc/zap", "Zap it all"], "an id is made of a-z, 0-9 and hyphens"),
        (["words/zap", "Zap it all"], "words/ is for phrases"),
        (["promo/zap", "12:30"], "'12:30' holds too few words to know it by"),
        (["promo/zap", "He [-zap-] came"], "'zap' holds too few words to know it by"),
        (["promo/zap", "  "], "there is no text to remove"),
        (["promo/zap", "Zap\x1b[31m it"], "the text holds control characters"),
        (["promo/zap", "zap -] it"], "no rule of that tells junk from what stays"),
        (["promo/zap", "Zap it all", "--stays", "Zap it all"], "no rule of that tells junk from what stays"),
        (
            ["promo/zap", "\n".join(f"Zap them {number}" for number in range(30))],
            "give at most 20 lines of 2,000 characters",
        ),
    ],
)
def test_a_text_that_makes_no_rule_is_one_line_and_no_file(
    run: Runner, tmp_path: Path, args: list[str], message: str
) -> None:
    done = draft(run, tmp_path, *args)
    assert (done.code, done.err.count("\n"), (tmp_path / "new").exists()) == (2, 1, False)
    assert message in done.err


def test_a_rule_is_never_written_over(run: Runner, rules: Path) -> None:
    done = run("rules", "new", "kind/zap", "Zap it all", "--rules", rules)
    assert (done.code, (rules / "kind" / "zap.toml").read_text()) == (2, RULE)
    assert "is there already" in done.err


def test_a_link_does_not_lead_out_of_the_folder(run: Runner, tmp_path: Path) -> None:
    for name in ("new", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "promo").symlink_to(tmp_path / "outside")
    assert "leads out of" in draft(run, tmp_path, "promo/zap", "Zap it all").err
    assert list((tmp_path / "outside").iterdir()) == []


def test_new_says_what_is_next_and_what_is_there_already(run: Runner, tmp_path: Path) -> None:
    said = draft(run, tmp_path, "prommo/zap", "Sign up for our daily newsletter").err
    assert f"cleaner rules test prommo/zap --rules {tmp_path}/new" in said
    assert "prommo is a new kind of junk; did you mean promo?" in said
    assert "the built-in promo/newsletter" in said


# lint


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (RULE.replace('["zap"]', '["zap", "Zap"]'), "duplicate-literal: literals: 'zap' stands there twice"),
        (RULE.replace('["zap"]', '["zap", "yo"]'), "dead-literal: literals: no line was found that holds 'yo'"),
        (RULE.replace('["zap"]', '["za"]'), "short-literal: literals: 'za' stands inside many words"),
        (RULE.replace("zap", "the").replace("Zap", "The"), "common-literal: literals: 'the' stands in every"),
        (RULE.replace("They zap", "They see"), "no-look-alike: examples: none that stays holds a literal"),
        (RULE.replace("^zap!?$", "^zap(?:a|a|b?a)*$"), "blows-up: pattern: ran over 0.2 s"),
        (RULE.replace("^zap!?$", r"^zap$|\w+\w+\d,") + 'removes = "match"', "grows: pattern: its time grows with"),
        (RULE + "# lint: shadowed: a reason", "unused-comment: # lint: shadowed: there is no such finding"),
        (RULE.replace('["zap"]', '["za"]') + "# lint: short-literal:", "# lint: short-literal: says no reason"),
    ],
)  # fmt: skip
def test_lint_finds(run: Runner, rules: Path, text: str, finding: str) -> None:
    write(rules, text)
    done = run("rules", "lint", "--rules", rules)
    assert done.code == 1
    assert finding in done.out.decode()
    assert f"{rules}/kind/zap.toml:3: kind/zap: " in done.out.decode()


def test_lint_is_content_with_a_good_rule_and_says_its_cost(run: Runner, rules: Path) -> None:
    done = run("rules", "lint", "--rules", rules, "--json")
    (cost,) = json.loads(done.out)["costs"]
    assert (done.code, json.loads(done.out)["findings"]) == (0, [])
    assert 0 < cost["microseconds_per_1000_characters"] < 1000


def test_lint_of_a_hostile_rule_ends(run: Runner, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.authoring.literals.PATIENCE", 0.2)
    words = ", ".join(f'"dead{number}"' for number in range(3000))
    names = "abcdefghij"
    laughs = "(?<a>xyz)" + "".join(f"(?<{new}>(?&{old})(?&{old}))" for old, new in itertools.pairwise(names))
    write(rules, BLOWS_UP.replace('["zap"]', f'["zap", {words}]').replace("^zap", f"^{laughs}?zap"))
    started = time.process_time()
    assert run("rules", "lint", "--rules", rules).code == 1
    assert time.process_time() - started < 20


def test_a_finding_that_is_explained_is_quiet(run: Runner, rules: Path) -> None:
    write(rules, RULE.replace('["zap"]', '["za"]') + "# lint: short-literal: it is rare where we look\n")
    assert run("rules", "lint", "--rules", rules).code == 0


def test_a_rule_whose_examples_another_takes_is_shadowed(run: Runner, rules: Path) -> None:
    write(rules, RULE.replace("zap", "getty images").replace("Zap", "© Getty Images"))
    write(
        rules,
        RULE.replace("zap", "© getty images").replace("Zap", "© Getty Images").replace("!?", ""),
        "kind/getty.toml",
    )
    out = run("rules", "lint", "kind/getty", "--rules", rules).out.decode()
    assert regex.search(r"kind/getty: shadowed: examples: credit/\S+.* would take all of them", out)


def test_rules_with_lines_that_were_hard_for_pcre2_are_quick_again(run: Runner) -> None:
    assert run("rules", "lint", "optional/time", "social/like").code == 0


def test_built_in_rules_have_no_finding_that_needs_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    from cleaner.authoring import lint  # noqa: PLC0415

    monkeypatch.setattr(lint, "worst_case", lambda _rule: None)
    assert [f"{found.rule.id}: {found.kind}: {found.message}" for found in lint.lint(builtin_rules())] == []


# the library below


def test_pieces_know_groups_classes_alternatives_and_phrases() -> None:
    from cleaner.authoring.pieces import pieces  # noqa: PLC0415

    found = {
        piece.text for piece in pieces(r"(?x) ^ (?:ab | c)+ [ ] \d{2} {{word}} (?=x|y) # no", {"word": ("one", "two")})
    }
    assert {"ab", "c", "1", "one", "two", "x", "y", "ab 1one"} <= found
    assert not any("no" in text for text in found)


def test_a_pattern_of_every_built_in_rule_comes_apart() -> None:
    from cleaner.authoring.pieces import pieces  # noqa: PLC0415

    assert [rule.id for rule in builtin_rules() if rule.pattern and not pieces(rule.pattern, rule.slots)] == []


def test_the_most_frequent_survive_in_bounded_memory() -> None:
    from cleaner.authoring.frequent import Frequent  # noqa: PLC0415

    frequent = Frequent(width=50)
    for number in range(3000):
        frequent.add(f"rare {number}", number, "", str)
        if number % 10 == 0:
            frequent.add("often", number, f"{number}.example", str)
    (first, *_) = frequent.top(3)
    assert 300 - frequent.missed <= first.count <= 300
    assert len(frequent) < 200
    assert len(first.sites) == 100


# CONTRIBUTING.md


def test_a_newcomer_follows_contributing(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = [block for block in regex.findall(r"```sh\n(.*?)```", text, regex.DOTALL) if block.startswith("cleaner ")]
    (tmp_path / "articles").mkdir()
    junk = "Test your wits in the Ledger's quiz of 3 June\n"
    article = f"The council met.\n{junk}It agreed on a budget.\nTest your wits in the Ledger's quiz of old facts.\n"
    (tmp_path / "articles" / "a.txt").write_text(article)
    (tmp_path / "cleaner").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -W error -m cleaner "$@"\n')
    (tmp_path / "cleaner").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    def follow(block: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", block], cwd=tmp_path, env=env, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    new, tested, tried, linted, used = map(follow, blocks)
    assert "cleaner-rules/promo/quiz.toml" in new
    assert "all as marked" in tested
    assert "1 removal from 1 of them" in tried
    assert "quiz of 3 June" in tried.partition("a literal stands there")[0]
    assert "quiz of old facts." in tried.partition("a literal stands there")[2]
    assert "0 findings" in linted
    assert "[-Test your wits in the Ledger's quiz of 3 June" in used
    cleaned = (tmp_path / "cleaned" / "clean" / "a.txt").read_text()
    assert cleaned == article.replace(junk, "")
