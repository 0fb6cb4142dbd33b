"""The growth of every row of a split series: as `fit_trend` gives it one at a time, with failures as rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import CasualtyStatsError, KindError, MeasureError, NotAdditiveError, OptionError
from casualtystats.trends import fit_trend
from casualtystats.trends.many import TrendFits, fit_trends

DAY_ZERO = date(2020, 1, 6)
FAMILIES = ("poisson", "quasi", "nb1", "nb2")
LENGTHS = [7, 7, 5, 11, 15, 1, 7, 9]


def rows_of(
    place: str | None, counts: list[int], lengths: list[int] | None = None, **more: Any
) -> list[dict[str, Any]]:
    """Reports of adjoining periods of one place."""
    found: list[dict[str, Any]] = []
    day = DAY_ZERO
    for count, length in zip(counts, lengths or [7] * len(counts), strict=True):
        end = day + timedelta(days=length - 1)
        found.append({"place": place, "value": count, "start": day.isoformat(), "end": end.isoformat(), **more})
        day = end + timedelta(days=1)
    return found


PLACES: dict[str, list[dict[str, Any]]] = {
    "A": rows_of("A", [4, 9, 6, 19, 40, 3, 31, 44], LENGTHS),
    "B": rows_of("B", [90, 31, 50, 22, 14, 20, 6, 7]),
    "C": rows_of("C", [0, 3, 0, 41, 2, 0, 88, 13], LENGTHS),
    "D": rows_of("D", [12, 12, 13, 12, 13, 13]),
    "E": rows_of("E", [0, 0, 0, 0, 0]),
    "F": rows_of("F", [3, 4]),
    "G": rows_of("G", [9, 0, 0, 0, 0]),
}
FLOORS = rows_of("H", [10, 14, 12, 20, 31, 30])
FLOORS[2] |= {"qualifier": "at_least"}
FUZZY = rows_of("I", [10, 14, 12, 20, 31, 30])
FUZZY[5] |= {"start": "[2020-02-10..2020-02-13]"}


def every(*extra: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for rows in (*PLACES.values(), *extra) for row in rows]


def split(rows: list[dict[str, Any]], **more: Any) -> Any:
    return cs.deaths(make_reports(rows), by=["place"], **more)


def same(row: dict[str, Any], fit: Any, rel: float = 1e-6) -> None:
    """A row of the result says what one fit says."""
    other = fit.to_frame().row(0, named=True)
    for name in ("n", "first_day", "last_day", "direction", "left_out", "family", "level"):
        assert row[name] == other[name], name
    assert row["a"] == pytest.approx(fit.a, rel=rel)
    assert row["b"] == pytest.approx(fit.b, rel=rel)
    assert row["se_b"] == pytest.approx(fit.se_b, rel=rel)
    growth = [f"growth_per_{unit}{end}" for unit in ("day", "week") for end in ("", "_low", "_high")]
    for name in [
        *growth,
        "days_to_double_or_halve",
        "days_low",
        "days_high",
        "dispersion",
        "loglik",
        "source_low",
        "source_high",
    ]:
        near(row[name], other[name], rel)
    near(row["alpha"], other["alpha"], 1e-5)


def near(got: float | None, expected: float | None, rel: float) -> None:
    if got is None or expected is None:
        assert got is expected
    else:
        assert got == pytest.approx(expected, rel=rel)


def one_fit(series: Any, family: Any) -> Any:
    """The fit of one area, or None where it is refused."""
    try:
        return fit_trend(series, family=family)
    except CasualtyStatsError:
        return None


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("calendar", [None, "week", timedelta(days=14)])
def test_as_one_at_a_time(family: Any, calendar: Any) -> None:
    series, compared = split(every(FLOORS, FUZZY)), 0
    if calendar is not None:
        series = series.resample(calendar)
    found = fit_trends(series, family=family, progress=False)
    assert found.frame["place"].to_list() == sorted([*PLACES, "H", "I"])
    for row in found.frame.rows(named=True):
        alone = cs.deaths(make_reports(every(FLOORS, FUZZY)), place=row["place"])
        if calendar is not None:
            alone = alone.resample(calendar, origin=None if calendar == "week" else series.facts.first)
        fit = one_fit(alone, family)
        if fit is None:
            assert row["status"] == "not fitted", row
            assert row["b"] is None
            continue
        assert row["status"] == "fitted", row
        assert row["reason"] is None
        # The calendar of a split series holds the weeks of all areas: more cells without a report.
        row["left_out"] = row["left_out"] if calendar is None else fit.to_frame()["left_out"][0]
        same(row, fit)
        compared += 1
    # Of two weeks there are few cells that cut no report.
    assert compared >= (1 if calendar == timedelta(days=14) else 3)


def test_failures_are_rows_with_a_reason() -> None:
    found = fit_trends(split(every()), progress=False)
    assert found.failures.columns == ["place", "reason", "n", "left_out", "left_out_reasons"]
    assert dict(found.failures.select("place", "reason").iter_rows()) == {
        "E": "zeros only: the growth of nothing is not defined",
        "F": "fewer than 4 usable totals",
        "G": "counts above 0 in the first period only: any decline that is steep enough fits, and none fits best",
    }
    numbers = found.frame.filter(pl.col("status") == "not fitted").select(
        "b", "growth_per_day", "direction", "dispersion"
    )
    assert all(value is None for row in numbers.rows() for value in row)
    assert found.frame.schema == found.fitted.schema
    floats = found.frame.select(pl.col(pl.Float64))
    assert not any(floats[name].is_nan().any() for name in floats.columns)


def test_bounds_are_fitted_alone_and_said() -> None:
    found = fit_trends(split(every(FLOORS, FUZZY)), family="nb2", progress=False).frame
    notes = dict(found.select("place", "note").iter_rows())
    assert notes["H"].startswith("1 of 6 totals are bounds, fitted as such; the threshold of lower bounds")
    assert notes["I"].startswith("1 of 6 periods have dates that are not exactly known")
    assert notes["C"] is None
    assert notes["D"] == "counts vary no more than Poisson counts: alpha is 0 and the values are those of a Poisson fit"
    ranges = found.filter(pl.col("source_low").is_not_null())
    assert ranges["place"].to_list() == ["I"]
    assert (ranges["source_low"] <= ranges["growth_per_day"]).all()
    by_area = fit_trends(split(every(FLOORS)), progress=False).frame
    assert dict(by_area.select("place", "family").iter_rows())["H"] == "nb2"
    assert dict(by_area.select("place", "family").iter_rows())["A"] == "quasi"
    quasi = fit_trends(split(every(FLOORS)), family="quasi", progress=False).failures
    assert "expected exact counts with known dates for family='quasi'" in quasi.filter(place="H")["reason"][0]


def test_floors_are_left_out_where_best_values_are_asked() -> None:
    found = fit_trends(split(FLOORS + PLACES["A"]), use="best", progress=False)
    row = found.frame.row(1, named=True)
    assert (row["status"], row["n"], row["left_out"], row["left_out_reasons"]) == ("fitted", 5, 1, "1 (no best value)")
    same(row, fit_trend(cs.deaths(make_reports(FLOORS)), use="best", family="quasi"))


def test_rows_that_are_left_out_are_counted() -> None:
    rows = [*PLACES["A"], {"place": "A", "value": 3, "start": "2020-06-01", "end": "2020-06-20"}]
    found = fit_trends(split(rows, observed="2020-01-06/2020-01-12").resample("week"), progress=False).frame
    row = found.row(0, named=True)
    counted = dict(part[:-1].split(" (", 1)[::-1] for part in row["left_out_reasons"].split("; "))
    assert set(counted) >= {"no report", "the cell cuts a report"}
    assert sum(int(number) for number in counted.values()) == row["left_out"]


def test_an_area_without_a_usable_row() -> None:
    rows = [{"place": "Z", "value": 3, "start": "2020-01-06", "end": "2020-01-20"}]
    found = fit_trends(split([*rows, *PLACES["B"]]).resample("week"), progress=False)
    row = found.frame.row(1, named=True)
    assert (row["place"], row["n"], row["first_day"], row["status"]) == ("Z", 0, None, "not fitted")
    assert row["reason"] == "fewer than 4 usable totals"


def test_periods_that_share_a_day() -> None:
    rows = rows_of("A", [3, 4, 5, 6, 9]) + rows_of("A", [3], source="other")
    rows[:5] = [row | {"source": "one"} for row in rows[:5]]
    found = fit_trends(split(rows, overlap="add"), progress=False)
    assert found.failures["reason"].to_list() == ["periods share a day"]


def test_several_columns_and_nulls() -> None:
    rows = [
        row | {"group": group}
        for group, times in (("civilian", 1), ("fighter", 2))
        for place in ("A", "B")
        for row in [one | {"value": one["value"] * times} for one in PLACES[place]]
    ]
    series = cs.deaths(make_reports(rows), by=["place", "group"])
    found = fit_trends(series, by=["group", "place"], progress=False)
    assert found.by == ("place", "group")
    assert found.frame.select("place", "group").rows() == [(p, g) for p in "AB" for g in ("civilian", "fighter")]
    growth = found.frame["growth_per_day"].to_list()
    assert growth[0] == pytest.approx(growth[1], rel=1e-9)
    assert str(found).startswith("reported violent deaths: 4 series by place and group: 4 fitted")
    sourced = cs.deaths(
        make_reports([row | {"source": source} for source in (None, "one") for row in FLOORS + PLACES["A"]]), by=["source"],
        place="A",
    )  # fmt: skip
    by_source = fit_trends(sourced, by=["source"], progress=False)
    assert by_source.frame["source"].to_list() == [None, "one"]
    assert by_source.frame["status"].to_list() == ["fitted", "fitted"]
    floors = cs.deaths(
        make_reports([row | {"source": source} for source in (None, "one") for row in FLOORS]), by=["source"]
    )
    assert fit_trends(floors, by=["source"], family="nb2", progress=False).frame["status"].to_list() == [
        "fitted",
        "fitted",
    ]


def test_the_order_of_reports_changes_nothing(tmp_path: Path) -> None:
    rows = every(FLOORS, FUZZY)
    outputs: list[bytes] = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(rows))
        found = fit_trends(split([rows[at] for at in order]), family="nb2", progress=False)
        found.to_csv(tmp_path / "fits.csv")
        outputs.append((tmp_path / "fits.csv").read_bytes() + str(found).encode())
    assert len(set(outputs)) == 1


def test_what_the_result_says() -> None:
    found = fit_trends(split(every()), progress=False)
    assert str(found) == (
        "reported violent deaths: 7 areas: 4 fitted, 3 not (1: counts above 0 in the first period only: any decline that is "
        "steep enough fits, and none fits best; 1: fewer than 4 usable totals; 1: zeros only: the growth of nothing is not "
        "defined)"
    )
    assert repr(found) == str(found)
    assert found.to_frame() is found.frame
    certain = [
        row for row in found.fitted.rows(named=True) if row["growth_per_day_low"] * row["growth_per_day_high"] > 0
    ]
    assert found.certain == len(certain)
    assert found.expected_by_chance == pytest.approx(0.2)
    assert found.chance() == (
        f"{len(certain)} of 4 95 % intervals of the growth exclude zero; about 0.2 would by chance alone if the expected counts "
        "did not change in any of them"
    )
    assert found.chance() in found.summary()
    assert "reported counts" in found.summary()
    assert "rows left out" not in found.summary()
    html = found._repr_html_()
    assert "7 areas" in html
    assert "not fitted" in html
    assert "by chance alone" in html
    alone = fit_trends(split(PLACES["D"]), progress=False)
    assert str(alone) == "reported violent deaths: 1 area: 1 fitted"
    weekly = fit_trends(split(every()).resample("week"), progress=False)
    assert "rows left out: " in weekly.summary()


def test_many_reasons_are_summed_up() -> None:
    frame = pl.DataFrame(
        {
            "place": list("ABCDEF"),
            "status": "not fitted",
            "reason": list("ppqrst"),
            "n": 0,
            "left_out": 0,
            "left_out_reasons": "",
        }
    )
    text = str(TrendFits("reported deaths", ("place",), "quasi", 0.95, "", frame))
    assert text == "reported deaths: 6 areas: 0 fitted, 6 not (2: p; 1: q; 1: r; 2: other reasons)"


def test_growth_beyond_all_numbers_is_infinite() -> None:
    found = fit_trends(split(rows_of("A", [0, 0, 1, 100_000_000], [1, 1, 1, 1])), family="nb2", progress=False).frame
    row = found.row(0, named=True)
    assert row["status"] == "fitted"
    assert math.isfinite(row["growth_per_day"])
    assert row["growth_per_week_high"] > 1e10


def test_a_progress_bar_counts_areas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those fitted together, those fitted alone, and those that can not be fitted."""
    seen: list[Any] = []

    @contextmanager
    def bar(text: str, total: int, shown: bool | None) -> Iterator[Callable[[], None]]:
        seen.append((text, total, shown))
        yield lambda: seen.append("area")

    monkeypatch.setattr("casualtystats.trends.many.fit.progress_bar", bar)
    found = fit_trends(split(every(FLOORS)), family="nb2", progress=True)
    assert seen == [("trends", 8, True), *["area"] * 8]
    assert found.frame.height == 8


def test_a_progress_bar_is_shown_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    fit_trends(split(PLACES["A"]), progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err != ""
    fit_trends(split(PLACES["A"]), progress=False)
    assert capsys.readouterr().err == ""


def test_intervals_of_all_areas_hold_at_their_level() -> None:
    """Seeded: of 1,000 NB2 areas of one alpha, 95 % intervals hold the growth in 93 to 97 %."""
    rng = np.random.default_rng(20)
    number, weeks, alpha, b = 1_000, 30, 0.5, 0.004
    mean = np.exp(2 + b * 7 * np.arange(weeks))
    counts = rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean), (number, weeks))
    start = [DAY_ZERO + timedelta(days=7 * week) for week in range(weeks)]
    table = pl.DataFrame(
        {
            "report_id": [f"r{at}" for at in range(number * weeks)],
            "place": [f"P{at:04d}" for at in range(number) for _ in range(weeks)],
            "value": counts.ravel(),
            "start": start * number,
            "end": [day + timedelta(days=6) for day in start] * number,
        }
    ).with_columns(measure=pl.lit("killed"), unit=pl.lit("people"), kind=pl.lit("flow"))
    found = fit_trends(cs.deaths(cs.read_reports(table), by=["place"]), family="nb2", progress=False)
    truth = math.expm1(b)
    held = found.fitted.filter(
        (pl.col("growth_per_day_low") <= truth) & (pl.col("growth_per_day_high") >= truth)
    ).height
    assert found.fitted.height == number
    assert 0.93 * number <= held <= 0.97 * number


def test_what_can_not_be_fitted_is_refused() -> None:
    series = split(every())
    with pytest.raises(OptionError, match="expected a series split by group, got one by place"):
        fit_trends(series, by="group")
    with pytest.raises(OptionError, match=r"got one that is not split; build it with by=\['place'\]"):
        fit_trends(cs.deaths(make_reports(PLACES["A"])))
    with pytest.raises(OptionError, match="some column"):
        fit_trends(series, by=[])
    with pytest.raises(OptionError, match="expected by= a list of different columns"):
        fit_trends(series, by="area")
    with pytest.raises(OptionError, match="expected family= one of"):
        fit_trends(series, family="gamma")
    with pytest.raises(OptionError, match="expected use= one of"):
        fit_trends(series, use="stated")
    with pytest.raises(OptionError, match="expected level="):
        fit_trends(series, level=95)
    with pytest.raises(MeasureError, match="expected a flow series"):
        fit_trends("deaths")
    moved = [row | {"measure": "displaced"} for row in PLACES["A"]]
    with pytest.raises(NotAdditiveError):
        fit_trends(cs.displacement(make_reports(moved), by=["place"]))
    with pytest.raises(KindError):
        fit_trends(split(PLACES["A"], overlap="bounds"))
