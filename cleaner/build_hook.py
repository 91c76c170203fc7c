"""Puts the built-in rules into the wheel as one file beside their own; run by the build backend, not shipped."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]
    """Writes pack.json."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the packed rules; an editable install reads the files themselves."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from cleaner.rules import PACK, load_rules, pack  # noqa: PLC0415  only a build has the root on its path

        self.folder = tempfile.TemporaryDirectory()
        packed = Path(self.folder.name, PACK)
        packed.write_bytes(pack(load_rules(Path(self.root, "rules"), check=False)))
        build_data["force_include"][str(packed)] = f"cleaner/builtin_rules/{PACK}"
