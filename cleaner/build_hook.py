"""Puts into the wheel what makes it fast: the rules as one file, and compiled modules.

Run by the build backend, not shipped. Modules are compiled with mypyc where there is a C compiler, and so are those
written in C; the others, and all where there is none or CLEANER_PURE is set, run as Python and do the same more slowly.
An editable install puts those written in C into the checkout, and compiles no Python, which is there to be edited.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What each article passes through.
COMPILED = (
    "cleaner/batch/record.py",
    "cleaner/edit.py",
    "cleaner/fold.py",
    "cleaner/find/finder.py",
    "cleaner/find/index.py",
    "cleaner/find/pattern.py",
    "cleaner/find/phrases.py",
    "cleaner/find/rounds.py",
    "cleaner/find/scan.py",
    "cleaner/find/site.py",
    "cleaner/records/cutting.py",
    "cleaner/records/json_object.py",
    "cleaner/records/json_record.py",
    "cleaner/records/source_text.py",
    "cleaner/report/ledger.py",
)
_COMPILE = """
import sys
from mypyc.build import mypycify
from setuptools import Distribution, Extension
folder, *modules = sys.argv[1:]
given = ["--config-file=", "--ignore-missing-imports", "--cache-dir", f"{folder}/mypy", *modules]
extensions = []
if modules:
    extensions += mypycify(given, opt_level="3", debug_level="0", target_dir=f"{folder}/c", group_name="cleaner")
for name in ("_literals", "_speedups"):
    extensions.append(Extension(f"cleaner.{name}", [f"cleaner/{name}.c"], extra_compile_args=["-O3"]))
command = Distribution({"name": "cleaner", "ext_modules": extensions}).get_command_obj("build_ext")
command.build_lib, command.build_temp = f"{folder}/lib", f"{folder}/objects"
command.ensure_finalized()
command.run()
"""


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]
    """Writes pack.json and the compiled modules."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add what is made for the wheel; an editable install reads the files of rules themselves."""
        self.folder = tempfile.TemporaryDirectory()
        made = Path(self.folder.name)
        compiled = () if version == "editable" else COMPILED
        if compiled:
            self._add_rules(made, build_data)
        files = [] if os.environ.get("CLEANER_PURE") else self._compile(made, compiled)
        for file in files:
            if compiled:
                build_data["force_include"][str(file)] = str(file.relative_to(made / "lib"))
                build_data["pure_python"], build_data["infer_tag"] = False, True
            else:
                target = Path(self.root, file.relative_to(made / "lib"))
                shutil.copy(file, target.with_suffix(".new"))
                target.with_suffix(".new").replace(target)  # one that runs keeps the old file

    def _add_rules(self, made: Path, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from cleaner.rules import PACK, load_rules, pack  # noqa: PLC0415  only a build has the root on its path

        (made / PACK).write_bytes(pack(load_rules(Path(self.root, "rules"), check=False)))
        build_data["force_include"][str(made / PACK)] = f"cleaner/builtin_rules/{PACK}"

    def _compile(self, made: Path, modules: tuple[str, ...]) -> list[Path]:
        done = subprocess.run(  # noqa: S603  our own modules
            [sys.executable, "-c", _COMPILE, made, *modules],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.app.display_warning(f"not compiled, which makes it slower: {(done.stderr or done.stdout)[-2000:]}")
            return []
        return [file for file in (made / "lib").rglob("*") if file.is_file()]
