import pytest

from loadtests.bench.table import PAGES, NoPlace, put

PAGE = "# Title\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nThe rest.\n"


def test_a_table_takes_the_place_of_the_old_one() -> None:
    once = put(PAGE, "bench", "| a |\n")

    assert once == "# Title\n\n<!-- bench -->\n| a |\n<!-- /bench -->\n\nThe rest.\n"
    assert put(once, "bench", "| a |\n") == once


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<!-- bench -->\n",
        "<!-- /bench -->\n<!-- bench -->\n",
        PAGE + PAGE,
        "<!-- growth -->\n<!-- /growth -->",
    ],
)
def test_a_page_without_a_place_for_it_is_left_alone(page: str) -> None:
    with pytest.raises(NoPlace, match="bench"):
        put(page, "bench", "| a |\n")


def test_our_pages_have_a_place_for_the_table() -> None:
    assert all(put(page.read_text("utf-8"), "bench", "| a |\n") for page in PAGES)
