"""Best values: worked by hand, against a solver that knows nothing of ours, and always between the bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from ledger_reports import Fact, day, reports, said
from scipy.optimize import LinearConstraint, linprog, minimize
from scipy.sparse import csr_matrix

from casualtystats.errors import CasualtyStatsError, ContradictionError, MeasureError, OptionError
from casualtystats.ledger.ledger import Ledger
from casualtystats.ledger.solve.conic import Problem
from casualtystats.ledger.solve.divergence import closest, needed
from casualtystats.reports import Reports

DAYS = 5
GROUPS = (None, "civilian", "civilian/child", "fighter")
# Cells of one day: children, other civilians, fighters, everybody else.
INSIDE = {None: (0, 1, 2, 3), "civilian": (0, 1), "civilian/child": (0,), "fighter": (2,)}
TWO = (said(0, 9, 100, 100), said(5, 14, 150, 150))


def values(ledger: Ledger, reference: Any, days: int, **more: Any) -> list[float | None]:
    return ledger.best(reference, timedelta(days=days), **more).to_frame()["best"].to_list()


@st.composite
def true_facts(draw: st.DrawFn, groups: tuple[str | None, ...] = GROUPS) -> list[tuple[Fact, str | None]]:
    """Statements that are all true of some counts, so that none contradict each other."""
    cells = draw(st.lists(st.integers(0, 9), min_size=4 * DAYS, max_size=4 * DAYS))
    found: list[tuple[Fact, str | None]] = []
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, DAYS - 1))
        last = draw(st.integers(first, DAYS - 1))
        group = draw(st.sampled_from(groups))
        count = sum(cells[4 * t + cell] for t in range(first, last + 1) for cell in INSIDE[group])
        low = max(0, count - draw(st.integers(0, 4)))
        high = draw(st.one_of(st.none(), st.integers(count, count + 4)))
        found.append(((first, last, low, count if low == 0 and high is None else high), group))
    return found


def ledger_of(some: list[tuple[Fact, str | None]]) -> Ledger:
    return Ledger(reports(*(said(*fact, group=group) for fact, group in some)))


def rows_of(some: list[tuple[Fact, str | None]]) -> tuple[Any, Any, Any]:
    table = np.zeros((len(some), 4 * DAYS))
    for at, ((first, last, _, _), group) in enumerate(some):
        for t in range(first, last + 1):
            table[at, [4 * t + cell for cell in INSIDE[group]]] = 1
    low = np.array([fact[2] for fact, _ in some], float)
    return table, low, np.array([np.inf if fact[3] is None else fact[3] for fact, _ in some], float)


def independent(
    some: list[tuple[Fact, str | None]], weights: list[float], known: list[tuple[list[int], float]]
) -> float | None:
    """The least divergence of days and leaves, one by one, by a general solver; some sums of them may be known.

    The scale of each leaf is profiled out. None where the solver does not come to an end.
    """
    table, low, high = rows_of(some)
    bounded = table[np.isfinite(high)].any(axis=0)
    upper, lower = np.isfinite(high), low > 0
    sides, ends = np.vstack([table[upper], -table[lower]]), np.concatenate([high[upper], -low[lower]])
    most = np.array(
        [-linprog(-np.eye(4 * DAYS)[cell], sides, ends).fun if bounded[cell] else 0.0 for cell in range(4 * DAYS)]
    )
    free = bounded & (most > 1e-9)
    leaf, weight = np.arange(4 * DAYS) % 4, np.repeat(weights, 4)

    def distance(x: Any) -> float:
        total = 0.0
        for number in range(4):
            own = x[(leaf == number) & free]
            q, every = weight[(leaf == number) & free], weight[(leaf == number) & bounded].sum()
            if own.sum() > 1e-12:
                total += float(np.sum(own * np.log(np.maximum(own, 1e-300) / (own.sum() * q / every))))
        return total

    for cells, value in known:
        row = np.zeros(4 * DAYS)
        row[cells] = 1
        table, low, high = np.vstack([table, row]), np.append(low, value - 1e-5), np.append(high, value + 1e-5)
    upper, lower = np.isfinite(high), low > 0
    sides, ends = np.vstack([table[upper], -table[lower]]), np.concatenate([high[upper], -low[lower]])
    limits = [(1e-9, None) if inside else (0, 0 if no else None) for inside, no in zip(free, bounded, strict=True)]
    costs = np.random.default_rng(0).normal(size=(8, 4 * DAYS)) + 2
    starts = [linprog(cost, sides, ends + 1e-6, bounds=limits) for cost in costs]
    inner = [start.x for start in starts if start.status == 0]
    if not inner:
        return None
    rules = [LinearConstraint(sides, -np.inf, ends)]
    begin = np.mean(inner, axis=0)
    done = minimize(
        distance, begin, method="SLSQP", bounds=limits, constraints=rules, options={"maxiter": 300, "ftol": 1e-11}
    )
    return float(done.fun) if done.success and float((sides @ done.x - ends).max()) < 1e-5 else None


@settings(max_examples=25, deadline=None)
@given(true_facts(), st.lists(st.integers(1, 5), min_size=DAYS, max_size=DAYS))
def test_no_counts_that_agree_with_the_reports_are_nearer(
    some: list[tuple[Fact, str | None]], weights: list[int]
) -> None:
    found = ledger_of(some).best({day(t): weight for t, weight in enumerate(weights)}, "day", ["group"])
    freely = independent(some, [float(weight) for weight in weights], [])
    assert freely is None or found.divergence <= freely + 1e-3
    # Counts with these very sums are as near: they cost the solver nothing.
    known = [
        ([4 * (row["period_start"] - day(0)).days + cell for cell in INSIDE[row["group"]]], row["best"])
        for row in found.to_frame().filter(pl.col("best").is_not_null()).to_dicts()
    ]
    tied = independent(some, [float(weight) for weight in weights], known)
    if tied is not None and freely is not None:
        assert tied <= freely + 0.02


@settings(max_examples=60, deadline=None)
@given(true_facts(), st.sampled_from(["uniform", "level"]), st.sampled_from([1, 2, 5]))
def test_a_best_value_lies_between_its_bounds(some: list[tuple[Fact, str | None]], kind: str, days: int) -> None:
    ledger = ledger_of(some)
    level = pl.DataFrame({"period_start": [day(0)], "period_end": [day(DAYS - 1)], "best": [40.0]})
    every = timedelta(days=days)
    found = ledger.best(
        level if kind == "level" else "uniform", every, ["group"], start=day(0), end=day(DAYS - 1)
    ).to_frame()
    bounds = ledger.bounds_by(every, ["group"], start=day(0), end=day(DAYS - 1))
    assert found.drop("best", "reference").equals(bounds.drop("sharp"))
    known = found.filter(pl.col("best").is_not_null())
    assert known.filter(pl.col("high").is_null()).is_empty()
    assert known.filter(~pl.col("best").is_between("low", "high")).is_empty()


@settings(max_examples=40, deadline=None)
@given(true_facts((None,)))
def test_one_group_adds_up_on_every_calendar_and_scales(some: list[tuple[Fact, str | None]]) -> None:
    ledger = ledger_of(some)
    times = [((a, b, 10 * low, None if high is None else 10 * high), group) for (a, b, low, high), group in some]
    small, large = ledger.best("uniform").to_frame(), ledger_of(times).best("uniform").to_frame()
    assert large["best"].is_null().equals(small["best"].is_null())
    assert large["best"].drop_nulls().to_list() == pytest.approx(
        [10 * v for v in small["best"].drop_nulls()], rel=1e-4, abs=1e-3
    )
    # Where one group has a high, it has a value.
    assert small.filter(pl.col("best").is_null() != pl.col("high").is_null()).is_empty()
    whole = values(ledger, "uniform", DAYS, start=day(0), end=day(DAYS - 1))[0]
    days = small["best"].to_list()
    if whole is None:
        assert None in days or len(days) < DAYS
    else:
        assert whole == pytest.approx(sum(days), rel=1e-5, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(true_facts())
def test_an_exact_report_is_reproduced(some: list[tuple[Fact, str | None]]) -> None:
    ledger = ledger_of(some)
    for (first, last, low, high), group in some:
        if low == high:
            length = last - first + 1
            found = ledger.best("uniform", timedelta(days=length), ["group"], origin=day(first)).to_frame()
            row = found.filter(
                pl.col("group").eq_missing(pl.lit(group, pl.String)) & (pl.col("period_start") == day(first))
            ).to_dicts()[0]
            assert row["best"] == low


def test_two_overlapping_reports_by_hand() -> None:
    """b (a + b + c) / 3 = a c with a = 100 - b, c = 150 - b."""
    b = (250 - math.sqrt(17_500)) / 2
    assert values(Ledger(reports(*TWO)), "uniform", 5) == pytest.approx([100 - b, b, 150 - b], abs=1e-4)
    assert values(Ledger(reports(*TWO)), "uniform", 15) == pytest.approx([250 - b], abs=1e-4)
    assert round(b, 3) == 58.856


def test_a_level_by_hand() -> None:
    """20 a day: 100, 100, 100 with sums 100 and 150: a c = 100 b, so b^2 - 350 b + 15000 = 0 and b = 50."""
    earlier = pl.DataFrame({"period_start": [day(0)], "period_end": [day(14)], "best": [300.0]})
    found = Ledger(reports(*TWO)).best(earlier, timedelta(days=5))
    assert found.to_frame()["best"].to_list() == pytest.approx([50, 50, 100], abs=1e-4)
    assert found.divergence == pytest.approx(2 * (50 * math.log(0.5) + 50), rel=1e-6)
    other = earlier.with_columns(best=pl.col("best") * 2)
    assert Ledger(reports(*TWO)).best(other, timedelta(days=5)).to_frame()["best"][0] != found.to_frame()["best"][0]


def test_large_counts_are_as_exact_as_small_ones() -> None:
    large = Ledger(reports(said(0, 9, 1_000_000, 1_000_000), said(5, 14, 1_500_000, 1_500_000)))
    b = 10_000 * (250 - math.sqrt(17_500)) / 2
    assert values(large, "uniform", 5) == pytest.approx([1_000_000 - b, b, 1_500_000 - b], rel=1e-7)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (said(0, 9, 100, 150), 125.0),
        (said(0, 9, 0, 150), 75.0),
        ({"start": day(0), "end": day(9), "qualifier": "approximately", "value": 180_000}, 180_000.0),
        (said(0, 9, 0, 0), 0.0),
        (said(0, 9, 7, 7), 7.0),
        (said(0, 9, 7, None), None),
    ],
)
def test_one_report_alone(row: dict[str, Any], expected: float | None) -> None:
    assert values(Ledger(reports(row)), "uniform", 10) == [expected]


def test_an_indicator_shapes_the_days() -> None:
    found = values(Ledger(reports(said(0, 3, 100, 100))), {day(t): t for t in range(4)}, 1)
    assert found == pytest.approx([0, 100 / 6, 200 / 6, 50])
    frame = pl.DataFrame({"date": [day(t) for t in range(4)], "weight": [0, 10, 20, 30]})
    assert values(Ledger(reports(said(0, 3, 100, 100))), frame, 1) == pytest.approx(found)
    texts = {str(day(t)): float(t) for t in range(4)}
    assert values(Ledger(reports(said(0, 3, 100, 100))), texts, 1) == pytest.approx(found)


def test_cells_without_a_high_cost_nothing_and_get_nothing() -> None:
    ledger = Ledger(reports(said(0, 4, 50, 50), said(3, 9, 30, None)))
    assert values(ledger, "uniform", 5) == [50.0, None]
    # Floors alone do not pull the days before them.
    assert values(ledger, "uniform", 1)[:5] == pytest.approx([10.0] * 5)


def test_days_between_reports_and_outside_of_them_get_nothing() -> None:
    found = values(Ledger(reports(said(0, 1, 4, 4), said(3, 4, 6, 6))), "uniform", 1, end=day(6))
    assert found == pytest.approx([2, 2, None, 3, 3, None, None])
    observed = Ledger(reports(said(0, 1, 4, 4), said(3, 4, 6, 6)), observed=f"{day(0)}/{day(4)}")
    assert values(observed, "uniform", 1) == pytest.approx([2, 2, 0, 3, 3])


def test_a_fuzzy_end_is_no_upper_bound_on_its_days() -> None:
    fuzzy = {"start": "[2019-05-01..2019-05-03]", "end": day(9), "qualifier": "exactly", "value": 70}
    found = Ledger(reports(fuzzy)).best("uniform").to_frame()
    assert found["best"].is_null().sum() == found["high"].is_null().sum() == 2
    assert found["best"].drop_nulls().to_list() == pytest.approx([35 / 8] * 8)


def test_a_shared_fuzzy_end_takes_part() -> None:
    since = {"start": "[2019-05-01..2019-05-03]", "kind": "cumulative", "qualifier": "exactly"}
    ledger = Ledger(reports(since | {"end": day(5), "value": 40}, since | {"end": day(9), "value": 100}))
    rows = ledger.best("uniform").to_frame().filter(pl.col("period_start") > day(5))
    assert rows["best"].to_list() == pytest.approx([15.0] * 4)


NESTED = (said(0, 9, 100, 100), said(0, 9, 60, 60, group="woman"), said(0, 9, 10, None, group="child"))


def test_what_the_reference_does_not_tell_has_no_value() -> None:
    """Of days it says something; of how many are children it says nothing."""
    found = Ledger(reports(*NESTED)).best("uniform", timedelta(days=10), ["group"]).to_frame()
    assert found.select("group", "low", "best", "high").rows() == [
        (None, 100, 100.0, 100), ("child", 10, None, 40), ("woman", 60, 60.0, 60),
    ]  # fmt: skip


def test_each_group_has_a_scale_of_its_own() -> None:
    """60 of 100 in ten days, 45 of all in the next five: 30 and 15 by the even rates, which meet the 45."""
    rows = (said(0, 9, 100, 120), said(0, 9, 60, 60, group="woman"), said(0, 14, 150, 150))
    found = Ledger(reports(*rows)).best("uniform", timedelta(days=5), ["group"])
    women = found.to_frame().filter(pl.col("group") == "woman")["best"].to_list()
    # Nobody speaks about women alone on the last five days: what others leave them is no best value of theirs.
    assert women[:2] == pytest.approx([30, 30])
    assert women[2] is None
    assert found.divergence == pytest.approx(0, abs=1e-6)


def test_a_level_holds_for_all_parts_together() -> None:
    rows = (said(0, 9, 60, 60, place="A"), said(0, 9, 30, 50, place="B"))
    earlier = pl.DataFrame({"period_start": [day(0)], "period_end": [day(9)], "best": [100.0]})
    ledger = Ledger(reports(*rows))
    found = ledger.best(earlier, timedelta(days=10), ["place"])
    assert found.to_frame()["best"].to_list() == pytest.approx([60, 40])
    # A shape says nothing of the sum: the middle of B's range.
    shape = ledger.best("uniform", timedelta(days=10), ["place"]).to_frame()["best"].to_list()
    assert shape == [60.0, 40.0]
    more = pl.DataFrame({"period_start": [day(0)], "period_end": [day(9)], "best": [92.0]})
    assert ledger.best(more, timedelta(days=10), ["place"]).to_frame()["best"].to_list() == pytest.approx([60, 32])


def test_people_displaced_are_counted_once() -> None:
    moved = {"measure": "displaced", "unit": "people", "kind": "cumulative"}
    ledger = Ledger(reports(said(0, 4, 100, 100, **moved), said(0, 9, 300, 300, **moved)))
    found = ledger.best("uniform", timedelta(days=5))
    assert found.to_frame()["best"].to_list() == [100.0, 200.0]
    assert "first time" in str(found)


def test_a_rule_for_contradictions_is_needed() -> None:
    ledger = Ledger(reports(said(0, 4, 10, 10), said(0, 4, 12, 12)))
    with pytest.raises(ContradictionError):
        ledger.best("uniform")
    assert values(ledger, "uniform", 5, relax="least") == [11.0]


def test_no_reference_no_best() -> None:
    ledger = Ledger(reports(*TWO))
    with pytest.raises(OptionError, match="no reference, no best"):
        ledger.best()


BAD: list[tuple[Any, str]] = [
    ("even", "got 'even'"),
    (7, "got int"),
    (pl.DataFrame({"a": [1]}), "columns a"),
    (pl.DataFrame(), "columns none"),
    ({day(0): -1.0}, "got -1.0 for 2019-05-01"),
    ({day(0): math.nan}, "got nan for 2019-05-01"),
    ({day(0): True}, "got True"),
    ({day(0): None}, "got None for 2019-05-01"),
    ({day(0): 0.0}, "some weight above 0"),
    ({"2019-05": 1.0}, "single days"),
    ({day(t): 1.0 for t in range(7)}, "got none for 2019-05-08"),
    (pl.DataFrame({"date": [day(0), day(0)], "weight": [1, 2]}), "two for 2019-05-01"),
    (pl.DataFrame({"period_start": [day(0)], "period_end": [day(3)], "best": [4.0]}), "got none for 2019-05-05"),
    ({day(t): float(t < 10) for t in range(15)}, "got 0 for 11 May 2019"),
]


@pytest.mark.parametrize(("reference", "words"), BAD)
def test_a_reference_that_is_none_is_refused(reference: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        Ledger(reports(*TWO)).best(reference)


@dataclass
class Series:
    frame: pl.DataFrame
    info: Any = None

    def to_frame(self) -> pl.DataFrame:
        return self.frame


def test_an_earlier_series_by_its_frame() -> None:
    cells = pl.DataFrame({"period_start": [day(0), day(15)], "period_end": [day(14), day(20)], "best": [300.0, None]})
    ledger = Ledger(reports(*TWO))
    plain = ledger.best(Series(cells), timedelta(days=5))
    assert plain.to_frame()["best"].to_list() == pytest.approx([50, 50, 100], abs=1e-4)
    same = Series(cells, SimpleNamespace(measure="killed", unit="people"))
    assert ledger.best(same).reference == plain.reference
    with pytest.raises(MeasureError, match=r"injured \(people\)"):
        ledger.best(Series(cells, SimpleNamespace(measure="injured", unit="people")))


def test_the_result_says_what_it_rests_on(tmp_path: Path) -> None:
    found = Ledger(reports(*TWO)).best("uniform")
    assert found.to_frame().columns == ["period_start", "period_end", "days", "low", "best", "high", "reference"]
    assert found.to_frame()["reference"].unique().to_list() == [found.reference] == ["uniform: the same every day"]
    assert str(found) == repr(found)
    assert str(found).startswith("best values of 15 of 15 cells: violent deaths; an assumption, by reference uniform")
    assert "least information divergence" in found._repr_html_()
    found.to_csv(tmp_path / "best.csv")
    assert pl.read_csv(tmp_path / "best.csv").height == 15
    again = Ledger(reports(*TWO)).best("uniform")
    assert again.to_frame().equals(found.to_frame())
    assert again.divergence == found.divergence


def many(days: int) -> Reports:
    counts = [(7 * t) % 11 for t in range(days)]
    totals = [said(0, t, sum(counts[: t + 1]), sum(counts[: t + 1]), kind="cumulative") for t in range(0, days, 5)]
    return reports(*totals)


def test_a_long_counter_is_spread_between_its_dates() -> None:
    found = Ledger(many(200)).best("uniform").to_frame()
    counts = [(7 * t) % 11 for t in range(200)]
    expected = [sum(counts[a + 1 : b + 1]) / 5 for a, b in pairwise(range(0, 200, 5)) for _ in range(5)]
    assert found["best"].to_list()[1:] == pytest.approx(expected, abs=1e-4)
    assert found["period_start"][0] == date(2019, 5, 1)


def problem(
    table: list[list[int]], low: list[float], high: list[float], weight: list[float], zero: list[bool]
) -> Problem:
    return Problem(
        csr_matrix(table), np.array(low), np.array(high), np.array(weight), np.zeros(len(weight), np.int64), np.array(zero),
        level=False,
    )  # fmt: skip


def test_columns_of_reference_0_that_rows_need_are_named() -> None:
    assert needed(problem([[1, 1]], [5], [5], [0, 1], [False, False])).tolist() == []
    assert needed(problem([[1, 1], [1, 0]], [5, 2], [5, 3], [0, 1], [False, False])).tolist() == [0]
    assert needed(problem([[1, 1]], [5], [5], [1, 1], [False, False])).tolist() == []


def test_rows_that_can_not_be_true_are_an_error() -> None:
    wrong = problem([[1, 1], [1, 1]], [5, 7], [5, 7], [1, 1], [False, False])
    with pytest.raises(CasualtyStatsError, match="expected a solution of the best values"):
        closest(wrong, csr_matrix([[1, 1]]))
