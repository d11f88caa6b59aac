"""The README documents every setting, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from registry.settings import SETTINGS

README = Path(__file__, "../../../README.md").resolve()


def test_the_readme_documents_every_setting_and_no_other() -> None:
    documented = re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(setting.variable for setting in SETTINGS)
