"""What a reader finds in a PDF."""

from io import BytesIO

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, white space made even."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def whole(pdf: bytes) -> str:
    """Return all text, without the places where a long word may break."""
    return " ".join(pages(pdf)).replace("\N{ZERO WIDTH SPACE}", "")


def run_together(pdf: bytes) -> str:
    """Return all text without any white space: for what may be broken over lines anywhere."""
    return whole(pdf).replace(" ", "")
