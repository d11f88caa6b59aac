from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from registry.documents.paper_form import MEMBERS, paper_form_pdf
from registry.rules.questionnaire import Kind, Questionnaire, questionnaire
from tests.unit.registry.documents.reading import pages, whole


@pytest.fixture(scope="module")
def form() -> bytes:
    return paper_form_pdf(questionnaire())


def test_the_form_is_one_side_of_one_a4_sheet(form: bytes) -> None:
    document = pypdfium2.PdfDocument(form)
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [595, 842]


def test_no_letter_is_smaller_than_eight_points(form: bytes) -> None:
    sizes: set[float] = set()

    def note(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(matrix[3]) * size, 1))

    PdfReader(BytesIO(form)).pages[0].extract_text(visitor_text=note)
    assert min(sizes) >= 8


def test_every_question_and_every_code_stands_on_it(form: bytes) -> None:
    text = whole(form)
    for question in questionnaire().questions:
        if question.kind is Kind.POSITION:
            continue
        assert question.wording in text
        for choice in question.choices:
            assert f"{choice.code} {choice.label}" in text


def test_every_choice_of_a_member_stands_on_it(form: bytes) -> None:
    text = whole(form)
    for question in questionnaire().member_questions:
        for choice in question.choices if question.kind is Kind.CHOICE else ():
            assert f"{choice.code} {choice.label}" in text
    assert f"Lebih dari {MEMBERS} orang? Pakai lembar kedua." in text


def test_it_tells_when_a_question_is_passed_over(form: bytes) -> None:
    text = whole(form)
    assert "Di mana Anda biasa tidur? Bila 0 Tidak punya rumah." in text
    assert "Lantai rumah paling banyak dari apa? Lewati bila 0 Tidak punya rumah." in text
    assert "Nama orang yang membantu Lewati bila 1 Saya sendiri." in text


def test_consent_and_signature_come_last(form: bytes) -> None:
    text = pages(form)[0]
    consent = questionnaire().question("persetujuan")
    assert text.index("Kode bukti yang lama") < text.index(consent.wording)
    assert consent.help in text
    assert "Tanda tangan atau cap jempol" in text
    assert f"Kuesioner {questionnaire().version}" in text


def test_the_same_questionnaire_is_the_same_file(form: bytes) -> None:
    assert paper_form_pdf(questionnaire()) == form


def test_it_follows_the_questionnaire(form: bytes) -> None:
    known = questionnaire()
    screens = tuple(screen for screen in known.screens if screen.key != "lantai")
    text = whole(paper_form_pdf(Questionnaire("2027-1", screens, ())))
    assert "Kuesioner 2027-1" in text
    assert "Lantai rumah" not in text


def test_a_member_question_without_a_column_is_refused() -> None:
    known = questionnaire()
    screens = tuple(
        replace(screen, questions=screen.questions[1:]) if screen.per_member else screen
        for screen in known.screens
    )
    with pytest.raises(ValueError, match="table of members"):
        paper_form_pdf(replace(known, screens=screens))
