"""Mid-P, Byar and compound Poisson intervals: on counts, and on the rows of a series."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rates_reports import make_reports
from statsmodels.stats.rates import confint_poisson

import casualtystats as cs
from casualtystats.errors import OptionError
from casualtystats.provenance import Origin
from casualtystats.rates import byar, compound_poisson, death_rate, garwood, midp

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
TWO_WEEKS = {"start": "2019-04-29", "end": "2019-05-12"}


def below(count: int, mean: float) -> float:
    """P(X < x) + P(X = x)/2, summed up term by term."""
    parts = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)]
    return math.fsum(parts) - parts[-1] / 2


@given(st.integers(0, 400), st.floats(0.5, 0.999))
def test_midp_solves_its_equations(count: int, level: float) -> None:
    low, high = midp(count, level)
    tail = (1 - level) / 2
    assert below(count, high) == pytest.approx(tail, rel=1e-6)
    if count:
        assert 1 - below(count, low) == pytest.approx(tail, rel=1e-6)
    exact_low, exact_high = garwood(count, level)
    assert exact_low <= low <= count <= high <= exact_high


def test_midp_at_zero_is_one_sided() -> None:
    """exp(-mu)/2 = alpha/2: the upper end is -ln(alpha), and the lower end 0, where statsmodels has 2.996 twice."""
    for level in (0.5, 0.9, 0.95, 0.99):
        assert midp(0, level) == (0.0, pytest.approx(-math.log(1 - level), rel=1e-12))


@pytest.mark.parametrize("count", [1, 2, 5, 10, 42, 119, 1_089])
def test_midp_by_a_second_opinion(count: int) -> None:
    assert midp(count) == pytest.approx(confint_poisson(count, 1, method="midp-c"), rel=1e-7)


def test_arrays_equal_scalars() -> None:
    counts = [0, 1, 5, 42, 119]
    for method in (midp, byar, garwood):
        low, high = method(counts)
        assert list(zip(low, high, strict=True)) == [method(count) for count in counts]
        assert method([])[0].size == 0
        low, high = method(np.array(counts[:4]).reshape(2, 2))
        assert low.shape == (2, 2)
        with pytest.raises(OptionError, match="whole"):
            method(1.5)
        with pytest.raises(OptionError, match="share"):
            method(1, 95)


def test_published_byar_as_an_array() -> None:
    entry = PUBLISHED["rate-byar"]
    low, high = byar([int(count) for count in entry["expected"]])
    assert list(zip(low, high, strict=True)) == [pytest.approx(ends, rel=1e-6) for ends in entry["expected"].values()]


@given(st.integers(0, 10**5), st.floats(0.5, 0.99))
def test_all_intervals_nest_in_level(count: int, level: float) -> None:
    for method in (midp, garwood, byar):
        low, high = method(count, level)
        wide_low, wide_high = method(count, level + 0.005)
        assert wide_low <= low <= high <= wide_high


# Compound Poisson


@given(st.integers(1, 300), st.floats(0.5, 0.99))
def test_events_of_one_death_are_a_poisson_count(count: int, level: float) -> None:
    assert compound_poisson([1] * count, level) == pytest.approx(garwood(count, level), rel=1e-9)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(any), st.integers(2, 9), st.floats(0.5, 0.99))
def test_compound_interval_scales_and_nests(sizes: list[int], factor: int, level: float) -> None:
    low, high = compound_poisson(sizes, level)
    assert 0 <= low <= sum(sizes) <= high
    larger = compound_poisson([size * factor for size in sizes], level)
    assert larger == pytest.approx((low * factor, high * factor), rel=1e-9)
    wide_low, wide_high = compound_poisson(sizes, level + 0.005)
    assert wide_low <= low
    assert high <= wide_high
    assert compound_poisson(sizes[::-1], level) == pytest.approx((low, high), rel=1e-12)


def test_compound_interval_equals_fay_and_feuers_of_weighted_strata() -> None:
    """Events of size w are a stratum with weight w: the published standardised rate in other words (epitools)."""
    entry = PUBLISHED["rate-dsr"]
    counts, pop, std = (entry["inputs"][name] for name in ("count", "pop", "std"))
    weights = [round(s / sum(std) / p * 1_200_000) for s, p in zip(std, pop, strict=True)]
    sizes = [weight for count, weight in zip(counts, weights, strict=True) for _ in range(count)]
    low, high = (end / 1_200_000 * 100_000 for end in compound_poisson(sizes))
    assert (low, high) == pytest.approx(tuple(entry["expected"]["fay_feuer"]), rel=1e-6)


def test_no_event_says_nothing_of_their_size() -> None:
    with pytest.raises(OptionError, match="largest="):
        compound_poisson([])
    assert compound_poisson([], largest=1) == pytest.approx(garwood(0))
    assert compound_poisson([0, 0], largest=7) == pytest.approx((0, 7 * garwood(0)[1]))
    for wrong in (3, 2.5, True):
        with pytest.raises(OptionError, match="largest="):
            compound_poisson([4, 2], largest=wrong)  # type: ignore[arg-type]
    assert compound_poisson([4, 2], largest=9)[1] > compound_poisson([4, 2])[1]


def test_compound_interval_covers_batches_where_garwood_does_not() -> None:
    """Events as often as not of 1, else of 20 deaths; a seeded simulation of 2,000 fortnights."""
    random = np.random.default_rng(20190429)
    mean, both = 30 * (1 + 20) / 2, np.zeros(2)
    for _ in range(2_000):
        sizes = random.choice([1, 20], size=random.poisson(30))
        for at, (low, high) in enumerate((compound_poisson(sizes), garwood(int(sizes.sum())))):
            both[at] += low <= mean <= high
    compound, exact = both / 2_000
    assert compound > 0.94
    assert exact < 0.6


# On the rows of a series


def rate_of(
    rows: list[dict[str, Any]], *, separate: bool = False, resample: str | None = None, **options: Any
) -> pl.DataFrame:
    reports = make_reports(rows)
    if separate:
        reports = replace(reports, origin=Origin("publisher", "events", separate_events=True))
    series: Any = cs.deaths(reports, overlap="add" if separate else "raise", observed=options.pop("observed", None))
    if resample:
        series = series.resample(resample)
    return death_rate(series, 100_000, per=100_000, **options).to_frame()


@pytest.mark.parametrize(("interval", "name", "ends"), [("midp", "mid-P", midp), ("byar", "Byar", byar)])
def test_named_intervals(interval: Any, name: str, ends: Any) -> None:
    row = rate_of([{"value": 42, **TWO_WEEKS}], interval=interval).row(0, named=True)
    assert row["method"] == name
    assert (row["ci_low"] * 14, row["ci_high"] * 14) == pytest.approx(ends(42))
    floor = rate_of([{"value": 42, "qualifier": "at_least", **TWO_WEEKS}], interval=interval).row(0, named=True)
    assert floor["method"].startswith(f"{name}, lower end only")
    assert floor["ci_high"] is None
    assert floor["ci_low"] * 14 == pytest.approx(ends(42)[0])


def test_the_text_names_the_method() -> None:
    series = cs.deaths(make_reports([{"value": 42, **TWO_WEEKS}]))
    assert "95 % mid-P interval" in str(death_rate(series, 10_000, interval="midp"))
    with pytest.raises(OptionError, match="interval="):
        death_rate(series, 10_000, interval="wald")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="event_sizes="):
        death_rate(series, 10_000, event_sizes=[42])


def test_compound_of_given_sizes() -> None:
    rows = [{"value": 42, **TWO_WEEKS}]
    sizes = [20, 12, 5, 5]
    row = rate_of(rows, interval="compound", event_sizes=sizes).row(0, named=True)
    assert row["method"] == "compound Poisson"
    assert (row["ci_low"] * 14, row["ci_high"] * 14) == pytest.approx(compound_poisson(sizes))
    ones = rate_of(rows, interval="compound", event_sizes=[1] * 42).row(0, named=True)
    plain = rate_of(rows).row(0, named=True)
    assert (ones["ci_low"], ones["ci_high"]) == pytest.approx((plain["ci_low"], plain["ci_high"]))
    with pytest.raises(OptionError, match="sum to the count"):
        rate_of(rows, interval="compound", event_sizes=[20, 12])
    with pytest.raises(OptionError, match="whole"):
        rate_of(rows, interval="compound", event_sizes=[41.5, 0.5])
    with pytest.raises(OptionError, match="a list"):
        rate_of(
            [{"value": 1, "start": f"2019-05-0{n}", "end": f"2019-05-0{n}"} for n in (1, 2)],
            interval="compound",
            event_sizes=[2],
        )


def test_compound_of_a_frame_of_sizes() -> None:
    rows = [{"value": n, "start": f"2019-05-0{n}", "end": f"2019-05-0{n}"} for n in (6, 7)]
    table = pl.DataFrame({"date": [date(2019, 5, 6)] * 2 + [date(2019, 5, 7)], "size": [5, 1, 7]})
    frame = rate_of(rows, interval="compound", event_sizes=table)
    assert frame["ci_high"].to_list() == pytest.approx([compound_poisson([5, 1])[1], compound_poisson([7])[1]])
    weekly = rate_of(rows, interval="compound", event_sizes=table, resample="week", observed="2019-05-06/2019-05-12")
    assert weekly["ci_high"].to_list() == pytest.approx([compound_poisson([5, 1, 7])[1] / 7])
    for wrong in (table.drop("size"), table.with_columns(pl.col("date").cast(pl.String))):
        with pytest.raises(OptionError, match="a frame with date"):
            rate_of(rows, interval="compound", event_sizes=wrong)
    with pytest.raises(OptionError, match="sum to the count"):
        rate_of(rows, interval="compound", event_sizes=table.head(2))


def test_compound_of_reports_that_are_separate_events() -> None:
    days = [("2019-05-06", 5), ("2019-05-06", 1), ("2019-05-12", 7), ("2019-05-20", 4)]
    rows = [{"value": size, "start": day, "end": day} for day, size in days]
    with pytest.raises(OptionError, match="separate events"):
        rate_of(rows[2:], interval="compound")
    observed = {"observed": "2019-05-06/2019-05-26", "interval": "compound", "separate": True}
    first, second, third = rate_of(rows, resample="week", **observed).rows(named=True)
    assert (first["ci_low"] * 7, first["ci_high"] * 7) == pytest.approx(compound_poisson([5, 1, 7]))
    # A week without events: one more event may be as large as the largest of the series.
    assert (second["ci_low"], second["ci_high"] * 7) == pytest.approx(compound_poisson([], largest=7))
    assert third["ci_high"] * 7 == pytest.approx(compound_poisson([4])[1])
    each = rate_of(rows, interval="compound", separate=True)
    assert each["ci_high"].to_list() == pytest.approx([compound_poisson([size])[1] for _, size in days])


def test_compound_needs_the_sizes_of_all_events() -> None:
    rows = [
        {"value": 5, "start": "2019-05-06", "end": "2019-05-06"},
        {"value": 3, "qualifier": "at_least", "start": "2019-05-07", "end": "2019-05-07"},
    ]
    weekly = rate_of(rows, interval="compound", separate=True, resample="week", observed="2019-05-06/2019-05-12")
    row = weekly.row(0, named=True)
    assert row["method"].startswith("none")
    assert row["ci_low"] is row["ci_high"] is None
    nothing = rate_of(
        [{"value": 0, "start": "2019-05-06", "end": "2019-05-06"}], interval="compound", separate=True
    ).row(0, named=True)
    assert nothing["method"] == "none: no event tells how many deaths one more would bring"


def test_compound_by_place() -> None:
    rows = [
        {"value": size, "place": place, "start": day, "end": day}
        for place, day, size in (("A", "2019-05-06", 5), ("A", "2019-05-07", 2), ("B", "2019-05-06", 9))
    ]
    reports = replace(make_reports(rows), origin=Origin("publisher", "events", separate_events=True))
    series = cs.deaths(reports, by=["place"], overlap="add", observed="2019-05-06/2019-05-12").resample("week")
    frame = death_rate(series, {"A": 1_000, "B": 1_000}, per=1_000, interval="compound").to_frame().sort("place")
    assert (frame["ci_high"] * 7).to_list() == pytest.approx([compound_poisson([5, 2])[1], compound_poisson([9])[1]])
    one = cs.deaths(reports.filter(pl.col("place") == "B"), by=["place"])
    listed = death_rate(one, {"B": 1_000}, per=1_000, interval="compound", event_sizes=[5, 4]).to_frame()
    assert listed["ci_high"].to_list() == pytest.approx([compound_poisson([5, 4])[1]])


@settings(max_examples=25)
@given(st.integers(0, 300), st.integers(10**4, 10**8), st.integers(2, 50), st.sampled_from(["garwood", "byar", "midp"]))
def test_rates_do_not_change_with_their_constant(count: int, people: int, factor: int, interval: Any) -> None:
    series = cs.deaths(make_reports([{"value": count, **TWO_WEEKS}]))
    one = death_rate(series, people, per=1_000, interval=interval).to_frame().row(0, named=True)
    more = death_rate(series, people, per=1_000 * factor, interval=interval).to_frame().row(0, named=True)
    for name in ("rate", "rate_low", "rate_high", "ci_low", "ci_high"):
        assert more[name] == pytest.approx(one[name] * factor, rel=1e-12)
