"""The hooks, run by the real pre-commit on a git repository made for the test."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASE = ROOT / "fixtures" / "el-chapo"
pytestmark = pytest.mark.slow


DIRTY, CLEAN = (CASE / "input.txt").read_bytes(), (CASE / "expected.txt").read_bytes()
ODD = ["a b.txt", 'it\'s "one".txt', "two\nlines.txt", "-x.txt", "[a]*.txt", "日本.TXT"]


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where pre-commit keeps what it installs, so that it installs once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a repository that holds the tree as it is now, and its commit."""
    folder = tmp_path_factory.mktemp("hooks") / "repository"
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").rstrip("\0").split("\0")
    for name in filter(lambda name: (ROOT / name).is_file(), listed):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "a", "--no-gpg-sign")
    return str(folder)


class Corpus:
    """A git repository of a corpus, and the hooks that are run on it."""

    def __init__(self, folder: Path, hooks: str, home: Path) -> None:
        self.folder, self.hooks, self.home = folder, hooks, home
        git(folder, "init", "-q")

    def add(self, **files: bytes) -> None:
        """Write files and stage them."""
        for name, content in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        git(self.folder, "add", ".")

    def __getitem__(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def changed(self) -> set[str]:
        """Return the files that differ from what is staged."""
        return set(filter(None, git(self.folder, "diff", "--name-only", "-z").split("\0")))

    def run(self, name: str, *args: str, **settings: object) -> subprocess.CompletedProcess[str]:
        """Run a hook as a user who has these settings of it."""
        hook = {"id": name, **settings}
        config = {
            "repos": [{"repo": self.hooks, "rev": git(Path(self.hooks), "rev-parse", "HEAD").strip(), "hooks": [hook]}]
        }
        (self.folder / ".pre-commit-config.yaml").write_text(json.dumps(config))
        git(self.folder, "add", ".pre-commit-config.yaml")
        return self.call("run", name, "--all-files", "--verbose", *args)

    def call(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Call pre-commit."""
        env = os.environ | {"PRE_COMMIT_HOME": str(self.home), "PYTHONPATH": ""}
        command = (sys.executable, "-m", "pre_commit", *args)
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def corpus(tmp_path: Path, hooks: str, home: Path) -> Corpus:
    (tmp_path / "corpus").mkdir()
    return Corpus(tmp_path / "corpus", hooks, home)


def test_hooks_report_then_repair_then_are_content(corpus: Corpus) -> None:
    corpus.add(**{"dirty.txt": DIRTY, "clean.txt": CLEAN, "code.py": b"# \xc2\xa9 Getty Images\n"})
    check = corpus.call("try-repo", corpus.hooks, "cleaner-check", "--all-files", "--verbose")
    assert check.returncode == 1, check.stdout + check.stderr
    assert "dirty.txt:2:1: credit/" in check.stdout
    assert "clean.txt:" not in check.stdout.replace("dirty", "")
    assert corpus.changed() == set()
    staged = git(corpus.folder, "ls-files", "--stage")
    assert corpus.run("cleaner").returncode == 1
    assert (corpus["dirty.txt"], corpus["clean.txt"]) == (CLEAN, CLEAN)
    assert corpus.changed() == {"dirty.txt"}
    assert git(corpus.folder, "ls-files", "--stage", "*.txt", "*.py") == staged  # it never runs `git add`
    again = corpus.run("cleaner")
    assert again.returncode == 0, again.stdout + again.stderr
    assert corpus.run("cleaner-check").returncode == 0


def test_line_ends_mark_mode_and_last_line_stay(corpus: Corpus) -> None:
    variants: dict[str, Callable[[bytes], bytes]] = {
        "crlf.txt": lambda text: text.replace(b"\n", b"\r\n"),
        "mark.txt": lambda text: b"\xef\xbb\xbf" + text,
        "open.txt": lambda text: text.rstrip(b"\n"),
    }
    git(corpus.folder, "config", "core.autocrlf", "false")
    corpus.add(**{name: change(DIRTY) for name, change in variants.items()})
    (corpus.folder / "crlf.txt").chmod(0o755)
    assert corpus.run("cleaner").returncode == 1
    assert {name: corpus[name] for name in variants} == {name: change(CLEAN) for name, change in variants.items()}
    assert stat.S_IMODE((corpus.folder / "crlf.txt").stat().st_mode) == 0o755


def test_odd_names_are_cleaned_whatever_the_locale(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    corpus.add(**dict.fromkeys(ODD, DIRTY))
    done = corpus.run("cleaner")
    assert done.returncode == 1
    assert [corpus[name] for name in ODD] == [CLEAN] * len(ODD), done.stdout + done.stderr
    assert corpus.run("cleaner").returncode == 0


def test_many_files_in_parallel_batches(corpus: Corpus) -> None:
    names = [f"{number}.txt" for number in range(60)]
    corpus.add(**{name: b"%s\n" % name.encode() + DIRTY for name in names})
    assert corpus.run("cleaner").returncode == 1
    assert [corpus[name] for name in names] == [b"%s\n" % name.encode() + CLEAN for name in names]


def test_records_that_have_no_junk_keep_every_byte(corpus: Corpus) -> None:
    lines = [
        b'{"text":"A story.",  "n": 1.50, "x": "\\u00e9"}\r\n',
        b"\n",
        b'{"n": 1e3, "text": "' + b"Two.\\nNo." + b'"}',
    ]
    junk = json.dumps({"id": 2, "text": "The council met.\n© Getty Images\nIt agreed."}).encode() + b"\n"
    rows = [b"id,text\r\n", b'1,"A ""story""\nof two lines"\r\n', b'2,"It met.\n\xc2\xa9 Getty Images\nIt agreed."\r\n']
    corpus.add(**{"dump.jsonl": lines[0] + junk + lines[1] + lines[2], "table.csv": b"".join(rows)})
    assert corpus.run("cleaner").returncode == 1
    after = json.dumps({"id": 2, "text": "The council met.\nIt agreed."}).encode() + b"\n"
    assert corpus["dump.jsonl"] == lines[0] + after + lines[1] + lines[2]
    assert corpus["table.csv"] == rows[0] + rows[1] + b'2,"It met.\nIt agreed."\r\n'
    assert corpus.run("cleaner").returncode == 0


def test_a_user_says_which_files_and_how(corpus: Corpus) -> None:
    corpus.add(**{"a.txt": DIRTY, "not/b.txt": DIRTY, "c.md": DIRTY, "picture.txt": b"\x89PNG\0\0", "LICENSE": DIRTY})
    assert corpus.run("cleaner", exclude="^not/", args=["--select", "credit"]).returncode == 1
    assert corpus.changed() == {"a.txt"}
    assert b"Donald John Trump" in corpus["a.txt"]
    assert corpus.run("cleaner", types_or=["markdown"], files="").returncode == 1
    assert corpus.changed() == {"a.txt", "c.md"}


def test_links_are_left_to_their_targets(corpus: Corpus) -> None:
    corpus.add(**{"a.txt": DIRTY})
    (corpus.folder / "link.txt").symlink_to("a.txt")
    git(corpus.folder, "add", ".")
    assert corpus.run("cleaner").returncode == 1
    assert (corpus["a.txt"], os.readlink(corpus.folder / "link.txt")) == (CLEAN, "a.txt")


def test_pages_are_only_checked(corpus: Corpus) -> None:
    story = "<p>The council met on Monday and agreed on a budget after a long debate in the hall of the town.</p>" * 6
    page = f"<html><body><article>{story}<p>© Getty Images</p>{story}</article></body></html>".encode()
    corpus.add(**{"page.html": page})
    assert "(no files to check)" in corpus.run("cleaner").stdout
    check = corpus.run("cleaner-check")
    assert check.returncode == 1
    assert "credit/" in check.stdout
    assert corpus["page.html"] == page
