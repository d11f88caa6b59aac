"""The quorum on a form: what a page shows of it, and what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from registry.rules.quorum import COUNTED, LABELS, Element, Quorum

if TYPE_CHECKING:
    from registry.store.quorums import Rule


def shown(quorum: Quorum, least: Rule | None = None) -> dict[str, object]:
    """Return what the form needs: the quorum to begin with, and what is asked for at least."""
    elements = [(each, LABELS[each]) for each in Element if each in COUNTED]
    return {"elements": elements, "quorum": quorum, "least": least, "in_words": in_words}


def typed() -> Quorum:
    """Return the quorum of the form that was sent; raise Invalid: `quorum_impossible`."""
    chosen = [each for each in request.form.getlist("wajib") if each in list(COUNTED)]
    people, elements = _whole("orang"), _whole("unsur")
    return Quorum(people, elements, frozenset(map(Element, chosen)))


def in_words(quorum: Quorum) -> str:
    """Write a quorum: `10 orang dari 4 unsur; wajib ada Lurah, RT/RW`."""
    required = ", ".join(LABELS[each] for each in Element if each in quorum.required)
    counted = f"{quorum.people} orang dari {quorum.elements} unsur"
    return f"{counted}; wajib ada {required}" if required else counted


def _whole(name: str) -> int:
    text = request.form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
