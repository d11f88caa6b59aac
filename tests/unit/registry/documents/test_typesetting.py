import subprocess
from io import BytesIO

import pytest
from pypdf import PdfReader

from registry.documents import typesetting
from registry.documents.sheets import sheet_pdf
from registry.documents.typesetting import TypesettingError, typeset
from tests.unit.registry.documents.examples import sheet


def test_an_error_names_the_template_and_its_line_and_nobody() -> None:
    with pytest.raises(TypesettingError) as caught:
        typeset("sheet", {"number": "Siti Aminah"})
    message = str(caught.value)
    assert message.startswith("the template sheet made no PDF (exit code 3) ")
    assert "sheet.typ:" in message
    assert "Siti" not in message
    assert caught.value.__cause__ is None


def test_a_template_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypesettingError, match="the template nothing made no PDF"):
        typeset("nothing", {})


def test_a_process_that_dies_or_hangs_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "WITHIN", 0.001)
    with pytest.raises(TypesettingError, match="was not done within"):
        sheet_pdf(sheet(1))


def test_the_process_sees_no_setting_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    real = subprocess.run

    def watched(*args: object, **kwargs: object) -> object:
        seen.append(kwargs["env"])
        return real(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", watched)
    sheet_pdf(sheet(1))
    assert seen == [{}]


def test_only_the_bundled_fonts_are_used_and_all_are_embedded() -> None:
    names = set()
    for page in PdfReader(BytesIO(sheet_pdf(sheet(1)))).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"].get_object())
            names.add(font.get_object()["/BaseFont"].split("+")[1])
    assert names
    # The tick is a sign that Source Sans has too.
    assert all(name.startswith("SourceSans3") for name in names)
