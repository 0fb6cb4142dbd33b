"""Pictures of a fitted trend and of its sensitivity: numbers first, then the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib._pylab_helpers import Gcf
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from plot_samples import GAP, one, reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.plots import figure_bytes
from casualtystats.plots.data.sensitivity import sensitivity_alt, sensitivity_picture, short_reason
from casualtystats.plots.data.trend import trend_alt, trend_picture
from casualtystats.plots.data.trendwords import day_text
from casualtystats.plots.sensitivity import sensitivity
from casualtystats.plots.trend import trend
from casualtystats.trends import Sensitivity, TrendFit

ORIGIN = date(2019, 4, 1)
Row = dict[str, Any]


def day(number: int) -> str:
    return (ORIGIN + timedelta(days=number)).isoformat()


def between(first: int, last: int) -> str:
    return f"[{day(first)}..{day(last)}]"


def periods(*counts: int, length: int = 7) -> list[Row]:
    return [
        {"value": count, "start": day(length * at), "end": day(length * at + length - 1)}
        for at, count in enumerate(counts)
    ]


def fitted(rows: list[Row], **options: Any) -> TrendFit:
    # "add": ends that touch may overlap, and the trend takes them as one unknown day.
    return cs.fit_trend(cs.deaths(reports(*rows), overlap="add"), **options)


@cache
def exact(**options: Any) -> TrendFit:
    return fitted(periods(27, 41, 40, 51, 48, 58), **options)


@cache
def bounds() -> TrendFit:
    rows = periods(27, 41, 28, 0, 0, 58, 67, 0)
    rows[2] |= {"qualifier": "at_least"}
    rows[3] |= {"qualifier": "between", "low": 25, "high": 60, "value": None}
    rows[4] |= {"qualifier": "up_to", "value": 70}
    rows[7] |= {"qualifier": "between", "low": 70, "high": 2000, "value": None}
    return fitted(rows)


@cache
def fuzzy() -> TrendFit:
    rows = periods(54, 64, 90, 110, length=12)
    rows[0] |= {"start": between(0, 6)}
    rows[1] |= {"end": between(19, 27)}
    rows[2] |= {"start": between(20, 28)}
    rows[3] |= {"qualifier": "at_least", "end": between(44, 47)}
    rows.append({"value": 30, "start": between(50, 56), "end": between(54, 60)})
    return fitted(rows)


def gap(**options: Any) -> TrendFit:
    rows = [*periods(27, 41, 40), *(row for row in periods(*range(0, 100, 10))[7:])]
    return fitted([*rows, {"value": 0, "start": day(72)}, {"value": 14, "start": day(75)}], **options)


@cache
def steep() -> TrendFit:
    return fitted(periods(1, 0, 9, 260, length=14), family="poisson")


@cache
def by_weekday() -> TrendFit:
    counts = [4 + at // 5 + (0 if at % 7 > 4 else 6) + at % 3 for at in range(60)]
    return fitted(periods(*counts, length=1), formula="day + weekday")


@cache
def spline() -> TrendFit:
    return fitted(periods(27, 41, 40, 51, 48, 58, 90, 70, 60, 30), formula="bs(day, df=4)")


@cache
def constant() -> TrendFit:
    return exact(formula="1", family="poisson")


FITS: dict[str, Callable[[], TrendFit]] = {
    "exact": exact, "bounds": bounds, "fuzzy": fuzzy, "gap": gap, "steep": steep, "weekday": by_weekday,
    "spline": spline, "constant": constant,
}  # fmt: skip


def words(ax: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


def said(ax: Any, gid: str) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.texts if text.get_gid() == gid]


# --- what is drawn -----------------------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(1, 6), st.integers(0, 3), st.integers(5, 60)), min_size=4, max_size=5
    )
)
def test_the_area_of_a_total_is_its_count_whatever_its_dates(parts: list[tuple[int, int, int, int]]) -> None:
    rows: list[Row] = []
    at = 0
    for late, length, open_days, count in parts:
        start, end = (at, at + late), (at + late + length, at + late + length + open_days)
        rows.append({"value": count, "start": between(*start), "end": between(*end)})
        at = end[1] + 1
    picture = trend_picture(fitted(rows, family="poisson"))
    assert picture.totals["shares"].list.sum().to_list() == pytest.approx([1.0] * len(rows))
    for total, (late, length, open_days, count) in zip(picture.totals.to_dicts(), parts, strict=True):
        # Every feasible period by hand, each equally likely.
        spans = [(a, late + length + b) for a in range(late + 1) for b in range(open_days + 1)]
        expected = np.zeros(late + length + open_days + 1)
        for first, last in spans:
            expected[first : last + 1] += 1 / (last - first + 1) / len(spans)
        assert total["shares"] == pytest.approx(expected.tolist())
        assert total["low_rate"] == pytest.approx(count * expected.max())
        assert (total["sure_end"] - total["sure_start"]).days == length


@pytest.mark.parametrize("name", ["exact", "bounds", "gap", "steep", "weekday", "spline", "constant"])
def test_means_of_days_sum_to_the_fitted_mean_of_each_total(name: str) -> None:
    fit = FITS[name]()
    picture = trend_picture(fit)
    assert picture.days["date"].to_list() == [
        fit.first_day + timedelta(days=at) for at in range((fit.last_day - fit.first_day).days + 1)
    ]
    for row, mean in zip(picture.totals.to_dicts(), fit.fitted.means, strict=True):
        inside = picture.days.filter(pl.col("date").is_between(row["period_start"], row["period_end"]))
        assert inside["mean"].sum() == pytest.approx(mean, rel=1e-6)
        assert inside["covered"].all()
    assert (picture.days["mean_low"] < picture.days["mean"]).all()
    assert (picture.days["mean"] < picture.days["mean_high"]).all()


def test_states_are_what_the_trend_was_fitted_to() -> None:
    totals = trend_picture(bounds()).totals
    assert totals["state"].to_list() == [
        "exact", "exact", "floor", "range", "ceiling", "exact", "exact", "range",
    ]  # fmt: skip
    assert totals["low"].to_list() == [27, 41, 28, 25, 0, 58, 67, 70]
    assert totals["high"].to_list() == [27, 41, None, 60, 70, 58, 67, 2000]
    assert totals["high_rate"].to_list()[4] == pytest.approx(10)
    assert totals["beyond"].to_list() == [False] * 7 + [True]
    used = trend_picture(fitted(bounds_rows(), use="best")).totals
    assert used["state"].to_list() == ["exact"] * 4


def bounds_rows() -> list[Row]:
    rows = periods(27, 41, 28, 30, 45)
    rows[2] |= {"qualifier": "at_least"}
    rows[3] |= {"qualifier": "approximately"}
    return rows


def test_days_without_a_total_are_not_covered() -> None:
    picture = trend_picture(gap())
    silent = picture.days.filter(~pl.col("covered"))["date"].to_list()
    assert [str(silent[0]), str(silent[-1]), len(silent)] == [day(21), day(74), 7 * 4 + 2 + 2]
    # The trend goes on there.
    assert picture.days["mean"].null_count() == 0


def test_days_without_an_exposure_have_no_mean() -> None:
    known = {ORIGIN + timedelta(days=at): 1000.0 + at for at in range(80) if not 24 <= at < 40}
    picture = trend_picture(gap(exposure=known))
    missing = picture.days.filter(pl.col("mean").is_null())["date"].to_list()
    assert missing == [ORIGIN + timedelta(days=at) for at in range(24, 40)]
    assert picture.stepped
    assert ", per exposure: " in picture.sentence
    # Counts per day, and not rates.
    assert picture.label == "reported violent deaths of civilians per day"
    assert 3 < picture.days["mean"][0] < 7
    ax: Any = trend(gap(exposure=known))
    line = next(line for line in ax.lines if line.get_gid() == "mean" and line.get_linestyle() != "-")
    assert np.isnan(line.get_ydata()).any()
    assert not trend_picture(exact(exposure=1000)).stepped


def test_every_day_is_drawn_where_predictions_come_in_parts() -> None:
    long = trend_picture(fitted(periods(*range(20, 60), length=21)))
    assert long.days.height == 40 * 21
    assert long.days["date"].is_sorted()
    assert long.days["mean"].null_count() == 0
    steps = long.days["mean"].log().diff().drop_nulls()
    assert steps.to_numpy() == pytest.approx(steps[0])


@pytest.mark.parametrize(
    ("name", "stepped"), [("exact", False), ("spline", False), ("constant", False), ("weekday", True)]
)
def test_the_line_has_steps_where_terms_jump(name: str, stepped: bool) -> None:
    fit = FITS[name]()
    assert trend_picture(fit).stepped == stepped
    ax: Any = trend(fit)
    (line,) = [line for line in ax.lines if line.get_gid() == "mean"]
    x = line.get_xdata()
    # From the start of the first day to the end of the last.
    assert x[-1] - x[0] == pytest.approx((fit.last_day - fit.first_day).days + 1)
    assert bool((np.diff(x) == 0).any()) == stepped


def test_steps_of_many_days_are_thin() -> None:
    counts = [4 + at // 50 + (0 if at % 7 > 4 else 6) + at % 3 for at in range(400)]
    fit = fitted(periods(*counts, length=1), formula="day + weekday")

    def thick(shown: TrendFit) -> float:
        return max(float(line.get_linewidth()) for line in trend(shown).lines if line.get_gid() == "mean")

    assert thick(fit) < 0.5 < thick(by_weekday())


def test_the_smooth_line_keeps_its_growth_to_its_ends() -> None:
    fit = exact()
    ax: Any = trend(fit)
    (line,) = [line for line in ax.lines if line.get_gid() == "mean"]
    x, y = line.get_xdata(), np.log(line.get_ydata())
    assert np.diff(y) / np.diff(x) == pytest.approx(fit.b)


def test_the_picture_is_as_high_as_what_can_be_read() -> None:
    plain = trend_picture(exact())
    # Half a day after its last day the interval is a little higher still.
    *_, before, last = plain.days["mean_high"].to_list()
    assert plain.top == pytest.approx(1.06 * last * (last / before) ** 0.5)
    drawn = max(max(line.get_ydata()) for line in trend(exact()).lines)
    assert drawn == pytest.approx(plain.top / 1.06)
    assert not plain.cut
    shown = trend_picture(steep())
    tallest = 260 / 14
    means = max(shown.days["mean"].to_list())
    assert means > 2 * tallest
    assert means <= shown.top <= 1.2 * 1.5 * 5 * tallest
    upper = trend_picture(exact(), prediction=True)
    assert upper.top >= max(upper.days["high"].to_list())
    wild = [{"value": value, "start": day(at)} for value, at in ((5, 0), (12, 2), (28, 4), (30, 60), (9, 62))]
    cut = trend_picture(fitted(wild, formula="day + I(day**2)", family="poisson"))
    assert cut.cut
    assert "goes on above the picture" in cut.notes
    assert cut.top < 1000


# --- words -------------------------------------------------------------------------------------------------------------


def test_sentences_say_the_result() -> None:
    fit = exact()
    assert trend_picture(fit).sentence == "R" + str(fit).split(" [")[0][1:]
    assert "doubling in" in trend_picture(fit).sentence
    level = trend_picture(constant()).sentence
    assert level.startswith(
        "Reported violent deaths of civilians: one mean for all days, no growth in the model; 6.31 per day ("
    )
    assert "per day" not in trend_picture(exact(formula="1", exposure=1000)).sentence
    ratio = spline().rate_ratio(day(69), over=day(0))
    assert trend_picture(spline()).sentence.endswith(f"no single growth; {ratio}")


def test_days_of_the_week_are_compared_with_their_like() -> None:
    counts = [4 + at // 5 + (0 if at % 7 > 4 else 6) + at % 3 for at in range(60)]
    fit = fitted(periods(*counts, length=1), formula=f'weekday + step("{day(30)}")')
    # From Monday to the last Monday: to Thursday would compare two days of the week.
    assert trend_picture(fit).sentence.endswith(str(fit.rate_ratio(day(56), over=day(0))))


def test_notes_say_what_the_result_rests_on() -> None:
    assert trend_picture(exact()).notes == "Quasi-Poisson fit to 6 totals"
    assert "lower bounds: their threshold is assumed not to depend on the count" in trend_picture(bounds()).notes
    robust = trend_picture(exact(cov="HC0", formula="day + 1")).notes
    assert "with the terms day + 1; robust standard errors (HC0)" in robust
    best = trend_picture(fitted(bounds_rows(), use="best")).notes
    assert "; best values taken as if exact; left out: 1 (no best value)" in best


def test_alternative_text_of_a_trend() -> None:
    text = trend_alt(gap())
    assert text.startswith(
        "Line of reported violent deaths of civilians per day, fitted to totals. Reported violent deaths"
    )
    assert "1 Apr 2019 to 7 Apr 2019: 27 (3.86 per day)" in text
    assert "1 Apr 2019: fitted mean" in text
    assert text.endswith("For 32 days no report is used.")
    several = trend_alt(bounds())
    for told in ("at least 28", "25 to 60", "up to 70", "70 to 2,000"):
        assert told in several
    assert "1 Apr 2019 to 12 Apr 2019 at most: 54" in trend_alt(fuzzy())
    assert "2 more" in trend_alt(fitted(periods(*range(20, 30))))
    assert "count of the day" in trend_alt(exact(), prediction=True)
    late = {ORIGIN + timedelta(days=at): 1000.0 for at in range(80)}
    assert "For 1 day no report is used." in trend_alt(
        fitted([*periods(20, 30, 25), {"value": 4, "start": day(22)}], exposure=late)
    )
    unknown = trend_picture(exact()).days.with_columns(mean=pl.lit(None, pl.Float64)).row(0, named=True)
    assert day_text(unknown, 0.95, prediction=False) == "1 Apr 2019: no fitted mean"


# --- the picture -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("name", FITS)
def test_nothing_is_cut_off(name: str, width: float) -> None:
    ax: Any = trend(FITS[name](), width=width, title="Trend", prediction=name in ("exact", "bounds", "weekday"))
    within(ax, width)
    dates = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(dates) >= 2
    assert all(a.x1 < b.x0 for a, b in pairwise(dates))


def within(ax: Any, width: float) -> None:
    """Nothing is cut off, and sentence, key and title do not meet."""
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert figure.get_figwidth() == width
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= width
    assert box.y1 <= figure.get_figheight()
    (sentence,) = [text.get_window_extent() for text in ax.texts if text.get_gid() == "sentence"]
    title = ax._left_title.get_window_extent()
    key = ax.get_legend().get_window_extent()
    assert key.y1 <= sentence.y0 < sentence.y1 <= title.y0 + 1
    assert key.y0 >= ax.get_window_extent().y1


def test_areas_on_the_picture_are_the_counts() -> None:
    ax: Any = trend(exact())
    assert areas(ax) == pytest.approx([27, 41, 40, 51, 48, 58])
    fit = fitted(
        [
            row | {"start": between(9 * at, 9 * at + 2), "end": day(9 * at + 8)}
            for at, row in enumerate(periods(9, 8, 12, 15))
        ]
    )
    whole: Any = trend(fit)
    assert sum(areas(whole)) == pytest.approx(44)
    # Under a lower bound, and up to the lower end of a range: what is certain.
    assert sum(areas(trend(bounds()))) == pytest.approx(27 + 41 + 28 + 25 + 0 + 58 + 67 + 70)


def areas(ax: Any) -> list[float]:
    found: list[float] = []
    for boxes in ax.collections:
        filled = boxes.get_facecolor()[:, 3].any()
        if type(boxes) is PolyCollection and boxes.get_zorder() == 1.5 and filled:
            for path in boxes.get_paths():
                x, y = path.vertices[:-1].T
                found.append(abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2)
    return found


def test_labels_key_and_source() -> None:
    ax: Any = trend(bounds(), title="Civilian deaths")
    assert ax.get_ylabel() == "reported violent deaths of civilians per day"
    assert ax.get_title(loc="left") == "Civilian deaths"
    assert said(ax, "source")[0].endswith("Source: OHCHR")
    assert "doubling in" in said(ax, "sentence")[0]
    assert words(ax) == [
        "fitted mean of a day", "its confidence interval (95 %)", "reported, per day of its period (area: the count)",
        "at least", "no upper bound known", "from lower to upper bound", "upper bound only",
        "upper bound above the picture",
    ]  # fmt: skip
    assert words(trend(exact())) == [
        "fitted mean of a day", "its confidence interval (95 %)", "reported, per day of its period (area: the count)",
    ]  # fmt: skip
    unknown = words(trend(fuzzy()))
    assert "possible days: date not exactly known" in unknown
    assert "no report used (not zero)" in unknown
    assert "its confidence interval (90 %)" in words(trend(exact(level=0.9)))


def test_marks_of_bounds() -> None:
    ax: Any = trend(bounds())
    heights = {line.get_gid(): line.get_ydata()[0] for line in ax.lines if line.get_gid() in ("floor", "ceiling")}
    assert heights == {"floor": pytest.approx(4), "ceiling": pytest.approx(10)}
    assert len([line for line in ax.lines if line.get_gid() == "beyond"]) == 1
    assert not [line for line in trend(exact()).lines if line.get_gid() in ("floor", "ceiling", "beyond")]
    # Arrows of narrow neighbours would run together.
    daily = [
        row | {"qualifier": "at_least"} if at % 2 else row for at, row in enumerate(periods(*range(5, 205), length=1))
    ]
    arrows = [line.get_xdata()[0] for line in trend(fitted(daily), width=3.5).lines if line.get_gid() == "floor"]
    assert 10 < len(arrows) < 40
    assert min(np.diff(arrows)) > 1


@pytest.mark.parametrize("name", FITS)
def test_what_is_said_to_go_on_above_does(name: str) -> None:
    picture = trend_picture(FITS[name]())
    ax: Any = trend(FITS[name]())
    top = ax.get_ylim()[1]
    assert top == picture.top
    assert ("goes on above" in said(ax, "source")[0]) == picture.cut
    assert picture.cut == (max(max(line.get_ydata()) for line in ax.lines) > top)
    for row in picture.totals.to_dicts():
        assert row["beyond"] == ((row["high_rate"] or 0) > top)
        assert row["low_rate"] < top


def test_unknown_dates_of_bounds_are_hatched() -> None:
    rows = periods(10, 20, 30, 35, 44, length=9)
    rows[1] |= {"start": between(9, 12), "qualifier": "between", "low": 12, "high": 30, "value": None}
    rows[3] |= {"start": between(27, 30), "qualifier": "up_to"}
    ax: Any = trend(fitted(rows))
    hatched = [len(boxes.get_paths()) for boxes in ax.collections if boxes.get_hatch()]
    # Under the lower bounds, and from there to the upper ones.
    assert hatched == [2, 2]
    assert sum(areas(ax)) == pytest.approx(10 + 12 + 30 + 44)


def test_zeros_are_seen() -> None:
    ax: Any = trend(gap())
    (zero,) = [line for line in ax.lines if line.get_gid() == "zero"]
    assert list(zero.get_ydata()) == [0, 0]


def test_days_without_a_total_are_shaded_and_the_line_is_dashed() -> None:
    ax: Any = trend(gap())
    assert "no report used" in said(ax, "gap")
    means = [line for line in ax.lines if line.get_gid() == "mean"]
    assert [line.get_linestyle() for line in means] == ["-", "--", "-", "--", "-", "--", "-"]
    # One run begins where the one before it ends.
    assert all(a.get_xdata()[-1] == b.get_xdata()[0] for a, b in pairwise(means))
    assert all(a.get_ydata()[-1] == pytest.approx(b.get_ydata()[0]) for a, b in pairwise(means))


def test_the_prediction_interval_is_drawn_when_it_is_asked_for() -> None:
    fit = exact()
    assert not [line for line in trend(fit).lines if line.get_gid() == "prediction"]
    ax: Any = trend(fit, prediction=True)
    low, high = (line for line in ax.lines if line.get_gid() == "prediction")
    expected = fit.predict([fit.first_day])
    assert (low.get_ydata()[0], high.get_ydata()[0]) == (expected["low"][0], expected["high"][0])
    assert "prediction interval of the count of one day (95 %)" in words(ax)


@pytest.mark.parametrize("name", ["bounds", "steep"])
def test_on_given_axes_without_global_state(name: str) -> None:
    before = dict(mpl.rcParams)
    ax: Any = Figure(figsize=(5, 5), layout="constrained").add_subplot()
    assert trend(FITS[name](), ax=ax) is ax
    ax.figure.draw_without_rendering()
    other: Any = Figure(figsize=(5, 8)).add_subplot()
    assert sensitivity(exact().sensitivity(), ax=other) is other
    assert not Gcf.figs
    assert dict(mpl.rcParams) == before


def test_the_same_bytes_in_any_order() -> None:
    rows = periods(27, 41, 40, 51, 48, 58)
    one_way, other = fitted(rows), fitted(rows[::-1])
    assert figure_bytes(trend(one_way, prediction=True)) == figure_bytes(trend(other, prediction=True))
    assert figure_bytes(sensitivity(one_way.sensitivity())) == figure_bytes(sensitivity(other.sensitivity()))


def test_what_is_no_trend_is_refused() -> None:
    with pytest.raises(KindError, match=r"expected a fitted trend .* got a flow series"):
        trend(cs.deaths(reports(*GAP)))
    with pytest.raises(MeasureError, match="expected a fitted trend"):
        trend_alt(3)
    with pytest.raises(KindError, match=r"expected the sensitivity of a trend .* got a trend; use plots\.trend"):
        sensitivity(exact())
    with pytest.raises(KindError, match="expected the sensitivity of a trend"):
        sensitivity_alt(cs.deaths(one()))
    with pytest.raises(OptionError, match="width="):
        trend(exact(), width=1)
    with pytest.raises(OptionError, match="ax="):
        sensitivity(exact().sensitivity(), ax=3)


# --- sensitivity -------------------------------------------------------------------------------------------------------


@cache
def moved() -> Sensitivity:
    rows = periods(27, 41, 28, 40, 48, 58, 67, 75, 88)
    for at, row in enumerate(rows):
        row["source"] = ("OHCHR", "Syrian Observatory for Human Rights", "Ministry of Health")[at % 3]
    rows[2] |= {"qualifier": "at_least"}
    rows[5] |= {"qualifier": "approximately"}
    rows[0] |= {"start": between(0, 4)}
    return fitted(rows).sensitivity()


def made(*rows: tuple[str, str, float | None, float | None, float | None, str | None]) -> Sensitivity:
    names = ("choice", "what", "growth_per_day", "growth_per_day_low", "growth_per_day_high", "reason")
    table = pl.DataFrame(
        rows,
        schema=dict.fromkeys(names[:2], pl.String) | dict.fromkeys(names[2:5], pl.Float64) | {"reason": pl.String},
        orient="row",
    )
    growth = rows[0][2] or 0.0
    frame = table.with_columns(n=pl.lit(5, pl.Int64), moved=pl.col("growth_per_day") - growth)
    return replace(moved(), growth=growth, frame=frame)


def test_rows_of_a_sensitivity_are_in_per_cent() -> None:
    result = moved()
    picture = sensitivity_picture(result)
    assert picture.rows.height == result.frame.height
    for ours, theirs in zip(picture.rows.to_dicts(), result.frame.to_dicts(), strict=True):
        for name, column in (
            ("growth", "growth_per_day"),
            ("low", "growth_per_day_low"),
            ("high", "growth_per_day_high"),
        ):
            assert ours[name] == (None if theirs[column] is None else pytest.approx(100 * theirs[column]))
    assert picture.rows["kind"].to_list()[0] == "fitted"
    assert picture.rows["kind"].to_list()[-3:] == ["contrast"] * 3
    assert picture.growth == pytest.approx(100 * result.growth)
    known = picture.rows.select("growth", "low", "high").unpivot()["value"].drop_nulls()
    assert picture.left < min(known.to_list()) < max(known.to_list()) < picture.right
    assert not picture.rows["cut_low"].any()
    assert not picture.rows["cut_high"].any()


def test_intervals_that_would_press_all_together_are_cut() -> None:
    result = made(
        ("as fitted", "quasi-Poisson", 0.02, 0.01, 0.03, None),
        ("value", "low values", 0.018, -0.4, 0.9, None),
        ("value", "high values", 0.025, 0.0, 0.04, None),
        ("family", "Poisson", None, None, None, "expected something else, got this: and more of it"),
    )
    picture = sensitivity_picture(result)
    assert picture.rows["cut_low"].to_list() == [False, True, False, False]
    assert picture.rows["cut_high"].to_list() == [False, True, False, False]
    # 2 points of growth are between 1 and 3 %: no more than one and a half times that on each side.
    assert -2.6 < picture.left < -1.9
    assert 5.9 < picture.right < 6.6
    ax: Any = sensitivity(result)
    assert [line.get_marker() for line in ax.lines if line.get_gid() == "cut"] == ["<", ">"]
    assert "it goes on outside of the picture" in words(ax)
    assert said(ax, "reason") == ["no growth: expected something else, got this"]
    # A growth is never cut.
    far = sensitivity_picture(
        made(("as fitted", "quasi-Poisson", 0.02, 0.01, 0.03, None), ("source", "without A", 2.5, 1, 7, None))
    )
    assert far.right > 250


def test_one_choice_alone_is_drawn() -> None:
    picture = sensitivity_picture(
        made(("as fitted", "quasi-Poisson", 0.0, None, None, None), ("new kind", "what", None, None, None, "why"))
    )
    assert picture.left < 0 < picture.right
    assert picture.rows["head"].to_list() == ["as fitted", "new kind"]
    assert picture.rows["text"].to_list() == ["0 %", "no growth: why"]


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("make", [moved, lambda: exact().sensitivity(), lambda: fuzzy().sensitivity()])
def test_nothing_of_a_sensitivity_is_cut_off(make: Callable[[], Sensitivity], width: float) -> None:
    ax: Any = sensitivity(make(), width=width, title="How far the growth moves")
    within(ax, width)
    # Names, numbers and reasons do not run into each other.
    boxes = [text.get_window_extent() for text in ax.texts if text.get_gid() in ("what", "head", "value", "reason")]
    assert not [
        (a, b) for at, a in enumerate(boxes) for b in boxes[at + 1 :]
        if a.x0 < b.x1 and b.x0 < a.x1 and a.y0 + 1 < b.y1 and b.y0 + 1 < a.y1
    ]  # fmt: skip


def test_labels_and_key_of_a_sensitivity() -> None:
    result = moved()
    ax: Any = sensitivity(result, title="How far the growth moves")
    assert ax.get_xlabel() == "growth a day, %"
    assert said(ax, "what")[0] == "as fitted: negative binomial (NB2)"
    assert said(ax, "head") == [
        "values of the reports", "dates that are not known", "sources", "variation of the counts",
        "contrast: reports spread over days first",
    ]  # fmt: skip
    assert len(said(ax, "value")) == result.frame["growth_per_day"].count()
    assert said(ax, "sentence")[0][1:] == str(result)[1:]
    (line,) = [line for line in ax.lines if line.get_gid() == "fitted" and len(line.get_xdata()) == 2]
    assert line.get_xdata()[0] == pytest.approx(100 * result.growth)
    assert "contrast, not an estimate" in words(ax)
    assert "no change" not in words(ax)
    narrow: Any = sensitivity(result, width=3.5)
    assert not said(narrow, "value")
    assert said(narrow, "what")[0].startswith("as fitted: negative binomial (NB2): +")
    assert len([line for line in ax.lines if line.get_gid() == "contrast"]) == 3
    assert len([line for line in ax.lines if line.get_gid() == "choice"]) == result.frame["growth_per_day"].count() - 4


def test_no_change_is_marked_where_it_is_seen() -> None:
    result = made(("as fitted", "quasi-Poisson", 0.01, -0.02, 0.04, None))
    assert words(sensitivity(result))[-1] == "no change"


def test_long_reasons_are_shortened() -> None:
    reason = "expected at least 4 periods with a count for a trend, got 2 (3 left out: no best value)"
    assert short_reason(reason) == "expected at least 4 periods with a count for a trend, got 2"
    assert short_reason("none") == "none"
    result = made(
        ("as fitted", "quasi-Poisson", 0.02, 0.01, 0.03, None),
        ("value", "low values", None, None, None, "expected " + "a great many words " * 12),
    )
    ax: Any = sensitivity(result, width=3.5, title="Reasons")
    within(ax, 3.5)
    assert said(ax, "reason")[0].endswith("…")


def test_alternative_text_of_a_sensitivity() -> None:
    result = moved()
    text = sensitivity_alt(result)
    assert text.startswith("Dots of the growth a day under other choices. Reported violent deaths of civilians: ")
    assert "; without OHCHR: +" in text
    assert "quasi-Poisson: no growth: expected exact counts with known dates" in text
    assert "contrast, spread uniformly over days: +" in text
    assert "interval +" in text
