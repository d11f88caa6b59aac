"""The application form, made out of the questionnaire. It shows; `registry.rules.answers` judges.

WTForms renders the fields and keeps what was typed. Nothing here validates: a second rule book
would one day differ from the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput

from portal import language, wording
from portal.citizen.reading import Fields, field_names, first
from portal.language import gettext as _
from registry.rules.questionnaire import (
    APPLICANT,
    MAX_MEMBERS,
    NOBODY,
    Kind,
    Question,
    Screen,
    member_key,
)
from registry.rules.regions import all_kelurahan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DATE_LABELS: Final = (lazy_gettext("Tanggal"), lazy_gettext("Bulan"), lazy_gettext("Tahun"))
_GROUPS: Final = frozenset({Kind.CHOICE, Kind.TICK, Kind.PEOPLE, Kind.DATE, Kind.POSITION})
_DIGITS: Final = frozenset({Kind.NIK, Kind.KK, Kind.NUMBER, Kind.COUNT})
_SHORT: Final = frozenset({Kind.NUMBER, Kind.COUNT})


class PublicForm(FlaskForm):  # type: ignore[misc]
    """A form of a page that has no session: nothing is there for a CSRF token to guard."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Without a session there is no signed-in person whose browser could be misused."""

        csrf = False


class TicksField(SelectMultipleField):
    """Ticks of which any number may be set."""

    option_widget = CheckboxInput()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands on the page: its inputs, what is wrong, when it may be skipped."""

    question: Question
    name: str
    inputs: tuple[Field, ...]
    condition: str
    error: str | None

    @property
    def is_group(self) -> bool:
        """Whether several inputs answer it, so that it is a fieldset with a legend."""
        return self.question.kind in _GROUPS

    @property
    def is_date(self) -> bool:
        """Whether it is answered in three boxes."""
        return self.question.kind is Kind.DATE

    @property
    def is_position(self) -> bool:
        """Whether it is one tick that sends a position, which is its value."""
        return self.question.kind is Kind.POSITION

    @property
    def is_hidden(self) -> bool:
        """Whether it stays out of sight: without scripts there is no position to agree to."""
        return self.is_position and not self.inputs[0].data and not self.error

    @property
    def target(self) -> str:
        """The id of the input that a link to this question should reach."""
        options = len(self.inputs) == 1 and self.is_group and not self.is_position
        return f"{self.inputs[0].id}-0" if options else str(self.inputs[0].id)

    @property
    def data(self) -> dict[str, str]:
        """What the guided form knows of the question, as attributes; the server stays the judge."""
        asked = self.question
        given = {
            "data-soal": self.name,
            "data-jenis": str(asked.kind),
            "data-wajib": "1" if asked.required else "",
            "data-kosong": asked.empty,
            "data-maks": str(asked.maximum or ""),
            "data-bila": _codes(asked.when),
            "data-kecuali": _codes(asked.unless, self.name.removesuffix(asked.key)),
        }
        return {name: value for name, value in given.items() if value}

    @property
    def described_by(self) -> str:
        """The ids of the texts that belong to it, for `aria-describedby`; '' when there is none."""
        parts = {"bila": self.condition, "bantuan": self.question.help, "salah": self.error}
        return " ".join(f"{part}-{self.name}" for part, text in parts.items() if text)


@dataclass(frozen=True, slots=True)
class Section:
    """One screen of the questionnaire on the page; ``member`` counts the members from 1."""

    key: str
    title: str
    asked: tuple[Asked, ...]
    member: int = 0


def count_members(fields: Fields) -> int:
    """Return how many members to show: as many as stated, and never fewer than were filled in."""
    stated = first(fields, "jumlah_anggota")
    number = int(stated) if stated.isdecimal() and len(stated) <= 4 else 0
    filled = (n for n in range(MAX_MEMBERS, 0, -1) if _is_filled(fields, n))
    return max(min(number, MAX_MEMBERS), next(filled, 0))


def was_shown(fields: Fields, member: int) -> bool:
    """Whether the form that was sent had the boxes of this member."""
    return member_key(member, "nama") in fields


def sections(fields: Fields, problems: Mapping[str, str]) -> tuple[Section, ...]:
    """Return the form with what was typed and what is wrong with it (question → message)."""
    members = count_members(fields)
    people = _people(fields, members)
    form = _form_class(members, people)(MultiDict(fields))
    return tuple(
        Section(
            screen.key,
            screen.title,
            tuple(_asked(form, prefix + q.key, q, problems) for q in screen.questions),
            member,
        )
        for screen, member, prefix in _screens(members)
    )


def member_section() -> Section:
    """Return the screen of a member who is not there yet: number 0, for scripts to copy."""
    (screen,) = (screen for screen in wording.asked().screens if screen.per_member)
    prefix = member_key(0, "")
    form = _class_of([(screen, prefix)], ())(MultiDict())
    asked = tuple(_asked(form, prefix + q.key, q, {}) for q in screen.questions)
    return Section(screen.key, screen.title, asked)


def _screens(members: int) -> Iterator[tuple[Screen, int, str]]:
    for screen in wording.asked().screens:
        if screen.per_member:
            for number in range(1, members + 1):
                yield screen, number, member_key(number, "")
        else:
            yield screen, 0, ""


def _asked(form: PublicForm, name: str, question: Question, problems: Mapping[str, str]) -> Asked:
    inputs = tuple(form[each] for each in field_names(name, question))
    return Asked(question, name, inputs, condition(question), problems.get(name))


def condition(question: Question) -> str:
    """Say when a question is to be answered, for a page that cannot hide it; '' when always."""
    asked = wording.asked().question
    return " ".join(_condition(asked(key), codes) for key, codes in question.when.items())


def _condition(other: Question, codes: frozenset[str]) -> str:
    skipped = [choice.label for choice in other.choices if choice.code not in codes]
    wanted = [choice.label for choice in other.choices if choice.code in codes]
    if len(skipped) < len(wanted):
        return _("Lewati kalau Anda memilih %(pilihan)s.", pilihan=_either(skipped))
    return _("Hanya kalau Anda memilih %(pilihan)s.", pilihan=_either(wanted))


def _codes(conditions: Mapping[str, frozenset[str]], prefix: str = "") -> str:
    """Write conditions as scripts read them: `sta_bangunan=1,2;sumber_penerangan=1`.

    ``prefix`` is what the fields of a member begin with.
    """
    return ";".join(f"{prefix}{key}={','.join(sorted(codes))}" for key, codes in conditions.items())


def _either(labels: list[str]) -> str:
    quoted = (f"'{label}'" for label in labels)
    return reduce(lambda one, other: _("%(satu)s atau %(lain)s", satu=one, lain=other), quoted)


def _is_filled(fields: Fields, member: int) -> bool:
    prefix = member_key(member, "")
    return any(
        name.startswith(prefix) and any(value.strip() for value in values)
        for name, values in fields.items()
    )


def _people(fields: Fields, members: int) -> tuple[tuple[str, str], ...]:
    """Return number and name of those who may be ticked, and the tick for nobody."""
    applicant = first(fields, "nama")
    others = [
        (str(n), first(fields, member_key(n, "nama")) or _("Orang ke-%(n)s", n=n))
        for n in range(1, members + 1)
    ]
    own = _("%(nama)s (Anda)", nama=applicant) if applicant else _("Anda sendiri")
    return (APPLICANT, own), *others, (NOBODY, _("Tidak ada"))


def _form_class(members: int, people: tuple[tuple[str, str], ...]) -> type[PublicForm]:
    return _class_of([(screen, prefix) for screen, _, prefix in _screens(members)], people)


def _class_of(
    screens: Iterable[tuple[Screen, str]], people: tuple[tuple[str, str], ...]
) -> type[PublicForm]:
    fields: dict[str, Any] = {}
    for screen, prefix in screens:
        for question in screen.questions:
            names = field_names(prefix + question.key, question)
            labels = DATE_LABELS if question.kind is Kind.DATE else (question.wording,)
            for name, label in zip(names, labels, strict=True):
                fields[name] = _field(question, label, people)
    return type("ApplicationForm", (PublicForm,), fields)


def _field(question: Question, label: str, people: tuple[tuple[str, str], ...]) -> Any:
    match question.kind:
        case Kind.CHOICE | Kind.TICK:
            made = RadioField if question.kind is Kind.CHOICE else TicksField
            return made(label, choices=_choices(question), validate_choice=False)
        case Kind.PEOPLE:
            choices = [SelectChoice(code, name) for code, name in people]
            return TicksField(label, choices=choices, validate_choice=False)
        case Kind.KELURAHAN:
            return SelectField(
                label, choices=_kelurahan_choices(language.current()), validate_choice=False
            )
        case Kind.POSITION:
            return BooleanField(label)
        case Kind.TEXT:
            return TextAreaField(label, render_kw={"rows": 2, "maxlength": question.maximum})
        case _:
            return StringField(label, render_kw=_attributes(question.kind))


def _attributes(kind: Kind) -> dict[str, str]:
    if kind in _DIGITS or kind is Kind.DATE:
        size = "pendek" if kind in _SHORT or kind is Kind.DATE else "angka"
        return {"inputmode": "numeric", "class": size}
    if kind is Kind.PHONE:
        return {"inputmode": "tel", "class": "angka"}
    if kind is Kind.RECEIPT:
        return {"autocapitalize": "characters", "spellcheck": "false", "class": "angka"}
    return {"autocapitalize": "words", "spellcheck": "false"} if kind is Kind.NAME else {}


def _choices(question: Question) -> list[SelectChoice]:
    return [SelectChoice(choice.code, choice.label) for choice in question.choices]


@lru_cache(maxsize=16)
def _kelurahan_choices(_in: language.Language) -> list[SelectChoice]:
    """Return the kelurahan by kecamatan, both in the order of the alphabet."""
    in_order = sorted(all_kelurahan(), key=lambda each: (each.kecamatan, each.name))
    return [
        SelectChoice("", _("Pilih kelurahan")),
        *(
            SelectChoice(each.code, each.name, {}, _("Kec. %(nama)s", nama=each.kecamatan))
            for each in in_order
        ),
    ]
