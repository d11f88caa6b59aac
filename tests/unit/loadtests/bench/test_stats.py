import pytest

from loadtests.bench.stats import median, spread


@pytest.mark.parametrize(
    ("values", "middle", "apart"),
    [
        ([3.0], 3.0, 0.0),
        ([1.0, 2.0, 4.0], 2.0, 1.5),
        ([4.0, 1.0, 2.0, 3.0], 2.5, 1.2),
        ([0.0, 0.0, 0.0], 0.0, 0.0),
    ],
)
def test_median_and_spread(values: list[float], middle: float, apart: float) -> None:
    assert median(values) == middle
    assert spread(values) == apart


def test_no_runs_have_no_median() -> None:
    with pytest.raises(ValueError, match="no runs"):
        median([])
