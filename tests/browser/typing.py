"""Fill the form in as a person does: one field after another, by what is on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from fmotm.households import household
from registry.rules.questionnaire import questionnaire

Answers = dict[str, str | list[str]]


def household_of_four(seed: int) -> Answers:
    """Return the first household of this seed with three members who all have a NIK, and a home."""
    for number in range(1000):
        answers = household(seed, number)
        if (
            answers["jumlah_anggota"] == "3"
            and answers["sta_bangunan"] == "2"
            and all(answers.get(f"anggota-{member}-nik") for member in (1, 2, 3))
            and answers.get("rt")
            and answers.get("kk")
        ):
            return answers
    raise LookupError("no household of four in a thousand")


def fill(page: Page, answers: Answers, *, by_hand: bool = False) -> None:
    """Answer the whole form; the members' fields come by the button that asks for them.

    `by_hand` taps and types as a person does. Without it the answers stand there in a moment: for
    tests of what comes after it.
    """
    members = {field: value for field, value in answers.items() if field.startswith("anggota-")}
    people = {q.key for q in questionnaire().questions if q.kind == "orang"}
    first = {f: v for f, v in answers.items() if f not in members and f not in people}
    last = members | {field: answers[field] for field in sorted(people & answers.keys())}
    put = answer_each if by_hand else put_all
    put(page, first)
    if members:
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator("form button[name=aksi][value=anggota]").click()
    put(page, last)


def answer_each(page: Page, answers: Answers) -> None:
    for field, value in answers.items():
        answer(page, field, value)


def put_all(page: Page, answers: Answers) -> None:
    """Set fields of a form that no script listens to; each must be there to be seen."""
    page.evaluate(
        """answers => {
          const put = (name, one) => {
            const fields = [...document.querySelectorAll(`form [name="${name}"]`)];
            const many = /radio|checkbox/.test(fields[0]?.type);
            const field = many ? fields.find(e => e.value === one) : fields[0];
            if (!(field?.closest(".kartu") ?? field)?.checkVisibility()) return false;
            if (many) field.checked = true;
            else field.value = one;
            return field.value === one;
          };
          for (const [name, value] of Object.entries(answers)) {
            for (const one of [value].flat()) if (!put(name, one)) throw new Error(name);
          }
        }""",
        answers,
    )


def put_what_is_there(page: Page, answers: Mapping[str, list[str]]) -> None:
    """Answer at once as an officer types: what is not on the page yet is left out."""
    page.evaluate(
        """answers => {
          for (const [name, values] of Object.entries(answers)) {
            for (const input of document.getElementsByName(name)) {
              const many = ["radio", "checkbox"].includes(input.type);
              if (many) input.checked = values.includes(input.value);
              else input.value = values[0];
            }
          }
        }""",
        dict(answers),
    )


def unguided(page: Page) -> None:
    """Let the page be what it is when its scripts did not arrive: one long form."""
    page.route("**/formulir.js", lambda route: route.abort())


def answer(page: Page, field: str, value: str | list[str]) -> None:
    """Answer one field, whatever it is: choose, tick or type."""
    for one in [value] if isinstance(value, str) else value:
        control = page.locator(f"[name='{field}']")
        kind = control.first.evaluate("e => e.type")
        if kind in {"radio", "checkbox"}:
            page.locator(f"[name='{field}'][value='{one}']").check()
        elif kind.startswith("select"):
            control.select_option(one)
        else:
            control.fill(one)


def send(page: Page) -> None:
    page.locator("button[name=aksi][value=kirim]").click()
