"""What a reader finds in a PDF."""

from pypdfium2 import PdfDocument


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, white space made even.

    Without the places where a long word may break.
    """
    with PdfDocument(pdf) as document:
        return [" ".join(_text(document, number).split()) for number in range(len(document))]


def _text(document: PdfDocument, number: int) -> str:
    text: str = document[number].get_textpage().get_text_range()
    return text.replace("\N{ZERO WIDTH SPACE}", "")


def whole(pdf: bytes) -> str:
    """Return all text."""
    return " ".join(pages(pdf))


def run_together(pdf: bytes) -> str:
    """Return all text without any white space: for what may be broken over lines anywhere."""
    return whole(pdf).replace(" ", "")
