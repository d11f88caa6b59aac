"""Keeping the hooks of libraries to the requests that need them.

Flask runs every hook of every library around every request, and most of them read the session, or
count. Where a citizen's page needs none of that, it pays for none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from flask import Flask

    Hook: TypeAlias = Callable[..., Any]


@contextmanager
def hooks_kept_to(app: Flask, needed: Callable[[], bool]) -> Iterator[None]:
    """Run the hooks that are added in this block only for requests where `needed` says so.

    They become one hook of each kind, so that it is asked once, and run in the order Flask has.
    """
    kinds: tuple[tuple[Any, Callable[[list[Hook]], Hook], Hook], ...] = (
        (app.before_request_funcs, _first_answer, _nothing),
        (app.after_request_funcs, _through_each, _as_it_was),
        (app.teardown_request_funcs, _each_in_turn, _nothing),
        (app.template_context_processors, _all_of_them, dict),
    )
    known = [len(funcs[None]) for funcs, *_ in kinds]
    yield
    for (funcs, together, otherwise), start in zip(kinds, known, strict=True):
        if added := funcs[None][start:]:
            funcs[None][start:] = [_either(needed, together(added), otherwise)]


def _either(needed: Callable[[], bool], run: Hook, otherwise: Hook) -> Hook:
    return lambda *given: run(*given) if needed() else otherwise(*given)


def _first_answer(hooks: list[Hook]) -> Hook:
    return lambda: next((found for hook in hooks if (found := hook()) is not None), None)


def _through_each(hooks: list[Hook]) -> Hook:
    def run(response: Any) -> Any:
        for hook in reversed(hooks):
            response = hook(response)
        return response

    return run


def _each_in_turn(hooks: list[Hook]) -> Hook:
    def run(error: BaseException | None) -> None:
        for hook in reversed(hooks):
            hook(error)

    return run


def _all_of_them(hooks: list[Hook]) -> Hook:
    return lambda: {name: value for hook in hooks for name, value in hook().items()}


def _nothing(*_given: Any) -> None:
    return None


def _as_it_was(response: Any) -> Any:
    return response
