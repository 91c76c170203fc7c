"""Puts the built-in rules into the wheel as one file beside their own, and one that finds their literals.

Run by the build backend, not shipped. The second is of use on the kind of machine that the wheel was built on, and on
others is passed over.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]
    """Writes pack.json and scanner.bin."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the packed rules; an editable install reads the files themselves."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from cleaner import Cleaner  # noqa: PLC0415  only a build has the root on its path
        from cleaner.rules import PACK, SCANNER, load_rules, pack  # noqa: PLC0415

        self.folder = tempfile.TemporaryDirectory()
        rules = load_rules(Path(self.root, "rules"), check=False)
        for name, held in ((PACK, pack(rules)), (SCANNER, Cleaner(rules).finder.prepare() or b"")):
            made = Path(self.folder.name, name)
            made.write_bytes(held)
            build_data["force_include"][str(made)] = f"cleaner/builtin_rules/{name}"
