import pytest

from loadtests.bench.measure import Goal, Pair, Row, Sample, alternately, only

MORE = Goal(name="more", what="more of it", unit="/s", goal=0.3)
LESS = Goal(name="less", what="less of it", unit="KB", goal=1.2, lower_is_better=True)


def test_baseline_and_subject_run_by_turns() -> None:
    ran: list[str] = []

    def baseline(number: int) -> Sample:
        ran.append(f"baseline {number}")
        return Sample(10.0)

    def subject(number: int) -> Sample:
        ran.append(f"subject {number}")
        return Sample(5.0)

    pairs = alternately(2, baseline, subject)

    assert ran == ["baseline 0", "subject 0", "baseline 1", "subject 1"]
    assert [pair.ratio for pair in pairs] == [0.5, 0.5]


def test_ratio_of_a_row_is_the_median_of_its_pairs_not_of_its_medians() -> None:
    pairs = [(100.0, 1000.0), (300.0, 500.0), (200.0, 2000.0)]
    row = Row(MORE, tuple(Pair(Sample(ours), Sample(theirs)) for ours, theirs in pairs))

    assert (row.value, row.baseline, row.ratio) == (200.0, 1000.0, 0.1)


def test_without_a_baseline_the_ratio_is_the_figure() -> None:
    row = Row(LESS, (Pair(Sample(1.1)),))

    assert (row.value, row.baseline, row.ratio, row.passed) == (1.1, None, 1.1, True)


@pytest.mark.parametrize(
    ("goal", "ratio", "reached"),
    [(MORE, 0.3, True), (MORE, 0.29, False), (LESS, 1.2, True), (LESS, 1.21, False)],
)
def test_a_goal_is_reached_from_its_own_side(goal: Goal, ratio: float, reached: bool) -> None:
    assert goal.reached(ratio) is reached


def test_no_row_passes_whose_check_failed() -> None:
    good = (Pair(Sample(5.0), Sample(10.0)),)

    assert Row(MORE, good).passed
    assert not Row(MORE, good, failure="an application is missing").passed
    assert not Row(MORE).passed


def test_a_baseline_of_nothing_gives_no_ratio_to_be_proud_of() -> None:
    assert Pair(Sample(5.0), Sample(0.0)).ratio == 0.0


def test_the_busiest_generator_is_told() -> None:
    row = Row(MORE, (Pair(Sample(1.0, 0.2), Sample(2.0, 0.7)), Pair(Sample(1.0), Sample(2.0, 0.1))))

    assert row.generator_cpu == 0.7


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [("", ("a", "b", "c")), ("c, a", ("a", "c")), ("b,", ("b",)), (",", ("a", "b", "c"))],
)
def test_rows_are_chosen_by_name_in_the_order_of_the_table(
    chosen: str, rows: tuple[str, ...]
) -> None:
    assert only(("a", "b", "c"), chosen) == rows


def test_a_name_of_no_row_is_refused() -> None:
    with pytest.raises(ValueError, match="no row is called d, e; there are: a, b"):
        only(("a", "b"), "a,e,d")
