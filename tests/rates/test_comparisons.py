"""Rate ratios and differences: of numbers, of rates, and of many rates to one; with floors and zeros."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rates_reports import make_reports
from scipy.stats import binomtest, poisson

import casualtystats as cs
from casualtystats.errors import MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.rates import death_rate, displacement_rate, garwood, person_days, rate, rate_difference, rate_ratio

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
RR = next(entry for entry in NUMBERS if entry["id"] == "rate-rr")
APRIL, MAY = {"start": "2019-04-01", "end": "2019-04-30"}, {"start": "2019-05-01", "end": "2019-05-31"}


def one(value: int | None, population: Any = 100_000, **more: Any) -> cs.RateSeries:
    return death_rate(cs.deaths(make_reports([{"value": value} | APRIL | more])), population)


def test_published_ratio_by_mid_p() -> None:
    """epitools gives 1.0551855 and 2.13928, to about four digits."""
    found = rate_ratio(119, 38, 42, 20, method="midp")
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(RR["expected"]["epitools_midp"][1:]), rel=2e-4)
    assert found.method == "mid-P conditional"


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 857-872, table I: mid-P intervals of a share.
    [(81, 263, 0.2544, 0.3658), (15, 148, 0.0601, 0.1581), (0, 20, 0.0, 0.1391), (1, 29, 0.0017, 0.1585)],
)
def test_mid_p_of_a_share(count: int, total: int, low: float, high: float) -> None:
    found = rate_ratio(count, 1, total - count, 1, method="midp")
    assert found.ci_high is not None
    assert (found.ci_low / (1 + found.ci_low), found.ci_high / (1 + found.ci_high)) == pytest.approx(
        (low, high), abs=5e-5
    )


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(0.5, 0.99))
def test_exact_ratio_by_a_second_opinion(a: int, b: int, s: float, t: float, level: float) -> None:
    if a + b == 0:
        return
    found = rate_ratio(a, s, b, t, level)
    interval = binomtest(a, a + b).proportion_ci(level, method="exact")
    assert found.ci_low == pytest.approx(interval.low / (1 - interval.low) * t / s, rel=1e-6)
    if b:
        assert found.ci_high == pytest.approx(interval.high / (1 - interval.high) * t / s, rel=1e-6)
    narrower = rate_ratio(a, s, b, t, level, method="midp")
    assert found.ci_low <= narrower.ci_low * (1 + 1e-9)
    if b:
        assert found.ci_high is not None
        assert narrower.ci_high is not None
        assert narrower.ci_high <= found.ci_high * (1 + 1e-9)


@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.1, 1e3), st.floats(0.1, 1e3), st.floats(2, 100))
def test_ratios_do_not_change_with_units_and_turn_over(a: int, b: int, s: float, t: float, factor: float) -> None:
    for method in ("exact", "midp"):
        found = rate_ratio(a, s, b, t, method=method)
        scaled = rate_ratio(a, s * factor, b, t * factor, method=method)
        assert scaled.ratio == pytest.approx(found.ratio, rel=1e-9)
        assert scaled.ci_low == pytest.approx(found.ci_low, rel=1e-9)
        turned = rate_ratio(b, t, a, s, method=method)
        assert turned.p_value == pytest.approx(found.p_value, rel=1e-6)
        if a:
            assert found.ci_high == pytest.approx(1 / turned.ci_low, rel=1e-6)


def test_mid_p_at_zero() -> None:
    none = rate_ratio(0, 38, 5, 20, method="midp")
    assert (none.ratio, none.ci_low) == (0, 0)
    # (1-p)^5 / 2 = 0.025 at the upper end of the share.
    share = 1 - 0.05 ** (1 / 5)
    assert none.ci_high == pytest.approx(share / (1 - share) * 20 / 38)
    assert rate_ratio(5, 20, 0, 38, method="midp").ci_high is None
    with pytest.raises(OptionError, match="method="):
        rate_ratio(1, 1, 1, 1, method="wald")  # type: ignore[call-overload]


def test_ratio_of_rates() -> None:
    before, after = one(10), one(30, **MAY)
    found = rate_ratio(after, before)
    numbers = rate_ratio(30, 31, 10, 30)
    assert (found.ratio, found.ci_low, found.ci_high) == pytest.approx((numbers.ratio, numbers.ci_low, numbers.ci_high))
    assert found.p_value == numbers.p_value
    assert str(found).startswith("rate ratio, 1 to 31 May 2019 over 1 to 30 April 2019: 2.90 (95 % exact conditional")
    assert found.to_frame()["reference"].to_list() == ["1 to 30 April 2019"]
    assert "over" in found._repr_html_()
    exposure = person_days(500_000, 11, leaving=180_000)
    assert rate_ratio(5, exposure, 5, exposure).ratio == 1


def test_source_range_of_a_ratio() -> None:
    found = rate_ratio(one(20, Estimate(90_000, 100_000, 120_000)), one(10, Estimate(80_000, 100_000, 110_000)))
    assert (found.low, found.high) == pytest.approx((2 * 80 / 120, 2 * 110 / 90))
    assert found.ratio == pytest.approx(2)
    open_ = rate_ratio(one(20), one(0))
    assert (open_.low, open_.high) == (None, None)


@pytest.mark.parametrize("method", ["exact", "midp"])
def test_floors_leave_one_end(method: Any) -> None:
    floor, whole = one(20, qualifier="at_least"), one(10)
    first = rate_ratio(floor, whole, method=method)
    full = rate_ratio(one(20), whole, method=method)
    assert (first.ratio, first.ci_high, first.p_value) == (None, None, None)
    assert first.ci_low == full.ci_low
    assert (first.low, first.high) == (pytest.approx(2), None)
    assert str(first).endswith("and above)")
    assert "at least 2.00, of a floor" in str(first)
    second = rate_ratio(whole, floor, method=method)
    assert (second.ratio, second.ci_low) == (None, 0)
    assert second.ci_high == pytest.approx(1 / full.ci_low)
    assert (second.low, second.high) == (0, pytest.approx(0.5))
    assert "at most 0.500, over a floor" in str(second)
    with pytest.raises(OptionError, match="two floors"):
        rate_ratio(floor, floor)
    with pytest.raises(OptionError, match="two floors"):
        rate_difference(floor, floor)


def test_a_floor_of_zero() -> None:
    nothing = rate_ratio(one(0, qualifier="at_least"), one(10))
    assert (nothing.low, nothing.ci_low, nothing.ci_high) == (0, 0, None)
    over = rate_ratio(one(10), one(0, qualifier="at_least"))
    assert over.ci_high is None
    assert "not bounded" in str(over)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: one(9, start="[2019-04-01..2019-04-05]"), "ends of the period"),
        (lambda: one(9, qualifier="up_to"), "no best value"),
        (lambda: one(9, Estimate(5_000, None, None)), "population has no best"),
        (lambda: displacement_rate(cs.displacement(make_reports([{"measure": "displaced", "value": 5} | APRIL])), 100),
         "one by one"),
        (lambda: death_rate(cs.deaths(make_reports([{"value": 9} | APRIL])).resample("week"), 100), "one rate"),
    ],
)  # fmt: skip
def test_what_can_not_be_compared(make: Any, match: str) -> None:
    for compare in (rate_ratio, rate_difference):
        with pytest.raises((OptionError, MeasureError), match=match):
            compare(make(), one(9))


def test_a_calendar_cell_that_cuts_no_report_compares() -> None:
    whole = death_rate(cs.deaths(make_reports([{"value": 9} | APRIL])).resample("month"), 100_000)
    assert rate_ratio(whole, one(9)).p_value == 1


def test_units_must_agree() -> None:
    with pytest.raises(MeasureError, match="per days"):
        rate_ratio(one(9), rate(cs.deaths(make_reports([{"value": 9} | APRIL]))))
    per_day = rate(cs.deaths(make_reports([{"value": 9} | APRIL])))
    assert rate_ratio(per_day, per_day).ratio == 1
    assert str(rate_difference(per_day, per_day)).startswith(
        "rate difference, 1 to 30 April 2019 less 1 to 30 April 2019: 0 per 1 days"
    )
    for compare in (rate_ratio, rate_difference):
        with pytest.raises(OptionError, match="two series"):
            compare(one(9), 5)
        with pytest.raises(OptionError, match="above 0"):
            compare(1, 0, 1, 1)
        with pytest.raises(OptionError, match="whole counts"):
            compare(1, 1, None, 1)


# Differences


def coverage(mean: float, other: float, exposure: float, level: float) -> float:
    """Share of all outcomes, each with its probability, whose interval holds the true difference."""
    counts = np.arange(120)
    low, high = garwood(counts, level)
    r1, r2 = counts[:, None], counts[None, :] / exposure
    least = r1 - r2 - np.hypot(r1 - low[:, None], high[None, :] / exposure - r2)
    most = r1 - r2 + np.hypot(high[:, None] - r1, r2 - low[None, :] / exposure)
    truth = mean - other / exposure
    weight = poisson.pmf(counts, mean)[:, None] * poisson.pmf(counts, other)[None, :]
    return float(weight[(least <= truth) & (truth <= most)].sum())


@pytest.mark.parametrize("exposure", [1, 2, 5])
def test_difference_covers_by_enumeration(exposure: float) -> None:
    means = [0.5, 1, 2, 3.5, 7, 12, 20, 30]
    found = [coverage(a, b, exposure, 0.95) for a in means for b in means]
    assert min(found) >= 0.955
    # The enumeration judges the function itself.
    r = rate_difference(7, 1, 3, exposure)
    low, high = garwood([7, 3])
    assert r.ci_low == pytest.approx(7 - 3 / exposure - np.hypot(7 - low[0], (high[1] - 3) / exposure))


@given(
    st.integers(0, 300),
    st.integers(0, 300),
    st.floats(0.1, 1e4),
    st.floats(0.1, 1e4),
    st.floats(2, 100),
    st.floats(0.5, 0.99),
)
def test_difference_scales_turns_and_nests(a: int, b: int, s: float, t: float, factor: float, level: float) -> None:
    found = rate_difference(a, s, b, t, level)
    assert found.difference is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low <= found.difference <= found.ci_high
    scaled = rate_difference(a, s * factor, b, t * factor, level, per=factor)
    size = abs(found.ci_low) + abs(found.ci_high)
    assert (scaled.ci_low, scaled.ci_high) == pytest.approx((found.ci_low, found.ci_high), rel=1e-9, abs=1e-12 * size)
    turned = rate_difference(b, t, a, s, level)
    assert turned.ci_low is not None
    assert turned.ci_low == pytest.approx(-found.ci_high, rel=1e-9, abs=1e-12 * size)
    wide = rate_difference(a, s, b, t, level + 0.005)
    assert wide.ci_low is not None
    assert wide.ci_low <= found.ci_low


def test_difference_at_zero_and_its_p_value() -> None:
    none = rate_difference(0, 10, 0, 20)
    upper = garwood(0)[1]
    assert (none.difference, none.p_value) == (0, 1)
    assert (none.ci_low, none.ci_high) == pytest.approx((-upper / 20, upper / 10))
    assert rate_difference(119, 38, 42, 20).p_value == pytest.approx(RR["expected"]["p_two_sided"], rel=1e-6)


def test_difference_of_rates() -> None:
    found = rate_difference(one(30, **MAY), one(10))
    per = 10_000 / 100_000
    assert found.difference == pytest.approx((30 / 31 - 10 / 30) * per)
    assert (found.low, found.high) == pytest.approx((found.difference, found.difference))
    assert "per 10,000 person-days (95 % MOVER of Garwood limits interval" in str(found)
    assert found.to_frame()["unit"].to_list() == ["person-days"]
    assert "less" in found._repr_html_()
    floor = rate_difference(one(30, qualifier="at_least"), one(10))
    assert (floor.difference, floor.ci_high, floor.p_value, floor.high) == (None, None, None, None)
    assert floor.ci_low == pytest.approx(rate_difference(one(30), one(10)).ci_low)
    assert "at least 0.0666 per 10,000 person-days, a count being a floor" in str(floor)
    turned = rate_difference(one(10), one(30, qualifier="at_least"))
    assert (turned.ci_low, turned.low) == (None, None)
    assert "at most -0.0666" in str(turned)
    for per_ in (0, float("nan"), True):
        with pytest.raises(OptionError, match="per="):
            rate_difference(1, 1, 1, 1, per=per_)


# Many rates


def by_place(**options: Any) -> cs.RateSeries:
    rows = [{"value": n, "place": place} | APRIL for place, n in (("A", 10), ("B", 30), ("C", 0), ("D", 9))]
    rows[3]["qualifier"] = "at_least"
    return death_rate(cs.deaths(make_reports(rows), by=["place"]), dict.fromkeys("ABCD", 100_000), **options)


def test_ratios_of_places() -> None:
    result = by_place().ratio(reference="A")
    rows = {row["name"]: row for row in result.to_frame().iter_rows(named=True)}
    assert list(rows) == ["B", "C", "D"]
    assert rows["B"]["ratio"] == pytest.approx(3)
    assert rows["B"]["ci_low"] == pytest.approx(rate_ratio(30, 1, 10, 1).ci_low)
    assert (rows["C"]["ratio"], rows["C"]["ci_low"]) == (0, 0)
    assert rows["D"]["method"].startswith("exact conditional, lower end only")
    assert (rows["D"]["ratio"], rows["D"]["ci_high"], rows["D"]["ratio_high"]) == (None, None, None)
    assert "over A: 3 rows; 0 to 3.00" in str(result)
    assert len(result) == 3
    assert "reference" in result._repr_html_()


def test_ratios_to_a_floor_and_to_nothing() -> None:
    rows = {row["name"]: row for row in by_place().ratio(reference="D").to_frame().iter_rows(named=True)}
    assert rows["A"]["method"].endswith("upper end only: the second count is a floor")
    zero = death_rate(
        cs.deaths(make_reports([{"value": 0, "place": place} | APRIL for place in "AB"]), by=["place"]),
        {"A": 5, "B": 5},
    ).ratio(reference="A")
    assert zero.to_frame()["method"][0].startswith("none: expected at least one event")
    assert "none has a best value" in str(zero)


def test_ratios_of_periods(tmp_path: Path) -> None:
    rows = [
        {"value": 10} | APRIL,
        {"value": 31} | MAY,
        {"value": 5, "start": "2019-06-01", "end": "[2019-06-28..2019-06-30]"},
    ]
    rates = death_rate(cs.deaths(make_reports(rows)), 100_000)
    result = rates.ratio(reference="2019-04-01/2019-04-30")
    may, june = result.to_frame().rows(named=True)
    assert (may["name"], may["reference"]) == ("1 to 31 May 2019", "1 to 30 April 2019")
    assert may["ratio"] == pytest.approx(3)
    assert june["method"].startswith("none: the ends of the period")
    assert rates.ratio(reference=Period.of("2019-05-01", "2019-05-31")).to_frame()["ratio"].to_list() == [
        pytest.approx(1 / 3),
        None,
    ]
    fuzzy = rates.ratio(reference="2019-06-01/2019-06-30").to_frame()
    assert fuzzy["method"][0].startswith("none: of the reference, the ends")
    result.to_csv(tmp_path / "ratios.csv")
    assert (tmp_path / "ratios.csv").read_text("utf-8").startswith("period_start,period_end,name,reference,")
    assert len(rates.ratio(reference="2019-04")) == 2
    with pytest.raises(OptionError, match="a period"):
        rates.ratio(reference=5)
    with pytest.raises(OptionError, match="the period of one row"):
        rates.ratio(reference="2019-04-02/2019-04-30")
    with pytest.raises(OptionError, match="none to compare"):
        one(5).ratio(reference="2019-04-01/2019-04-30")


def test_ratios_within_each_period() -> None:
    rows = [
        {"value": n, "place": place} | when for place, when, n in (("A", APRIL, 5), ("B", APRIL, 10), ("B", MAY, 4))
    ]
    rates = death_rate(cs.deaths(make_reports(rows), by=["place"]), {"A": 1_000, "B": 1_000})
    april, may = rates.ratio(reference="A", level=0.9, method="midp").to_frame().rows(named=True)
    assert (april["name"], april["ratio"], april["level"]) == ("B, 1 to 30 April 2019", 2, 0.9)
    assert may["method"] == "none: the reference has no rate of this period"
    with pytest.raises(OptionError, match="one of"):
        rates.ratio(reference="Z")
    with pytest.raises(OptionError, match="each of place"):
        rates.ratio(reference=("A", "B"))


def test_allocated_and_silent_rows_keep_their_place() -> None:
    rows = [
        {"value": 10, "start": "2019-05-06", "end": "2019-05-12"},
        {"value": 6, "start": "2019-05-13", "end": "2019-05-22"},
    ]
    rates = death_rate(cs.deaths(make_reports(rows), observed="2019-05-06/2019-05-26").resample("week"), 1_000)
    methods = rates.ratio(reference="2019-05-06/2019-05-12").to_frame()["method"].to_list()
    assert len(methods) == 2
    assert all(method.startswith("none: the count was derived by spreading") for method in methods)
    gap = [rows[0], {"value": 6, "start": "2019-05-20", "end": "2019-05-26"}]
    silent = death_rate(cs.deaths(make_reports(gap)).resample("week"), 1_000).ratio(reference="2019-05-06/2019-05-12")
    assert silent.to_frame()["method"].to_list()[0] == "none: no report speaks"


def test_one_comparison_as_a_file(tmp_path: Path) -> None:
    rate_ratio(1, 2, 3, 4).to_csv(tmp_path / "ratio.csv")
    rate_difference(1, 2, 3, 4, per=100).to_csv(tmp_path / "difference.csv")
    assert (tmp_path / "ratio.csv").read_text("utf-8").startswith("ratio,ci_low,")
    assert (tmp_path / "difference.csv").read_text("utf-8").startswith("difference,ci_low,")
    assert "rate difference -25.0 per 100 (95 %" in str(rate_difference(1, 2, 3, 4, per=100))
