"""The codes that the rules raise, found where they are written."""

import ast
from collections.abc import Callable
from importlib.resources import files
from typing import Final

MEETING: Final = frozenset(
    {
        "agenda.py",
        "findings.py",
        "marks.py",
        "meeting_problems.py",
        "quorum.py",
        "reports.py",
        "verdicts.py",
        "visits.py",
    }
)
"""Modules of the musyawarah: officers read their problems, in `meeting_problems`."""

DINAS: Final = frozenset({"admission.py"})
"""Modules of what dinas sets: its page has the words of their problems."""


def raised_in(counts: Callable[[str], bool]) -> set[str]:
    """Return the codes raised in the modules of which ``counts`` is true."""
    found: set[str] = set()
    fields = {"nik", "kk", "phone", "kelurahan"}
    for module in (files("registry") / "rules").iterdir():
        if not module.name.endswith(".py") or not counts(module.name):
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.Call(func=ast.Name("Invalid"), args=[ast.Constant(str(code))])
                    | ast.Call(
                        func=ast.Attribute(attr="refuse"), args=[_, ast.Constant(str(code)), *_]
                    )
                ):
                    found.add(code)
                case ast.Assign(
                    targets=[ast.Name("code")],
                    value=ast.JoinedStr([ast.FormattedValue(), ast.Constant(str(ending))]),
                ):
                    kinds = fields if module.name == "digits.py" else {"name", "text"}
                    found |= {f"{kind}{ending}" for kind in kinds}
    return found
