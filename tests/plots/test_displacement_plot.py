"""The pictures of displacement: flow over stocks, and the waterfall from one stock to the next."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from plot_samples import reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.plots.data.displacement import displacement_alt, stock_points
from casualtystats.plots.data.waterfall import waterfall_alt, waterfall_bars
from casualtystats.plots.displacement import displacement
from casualtystats.plots.files import figure_bytes
from casualtystats.plots.waterfall import waterfall
from casualtystats.series.accounts import DisplacementAccount, displacement_account

PEOPLE: dict[str, Any] = {"unit": "people", "group": None, "place": "Syria/Idlib", "source": "CCCM"}
STOCK = PEOPLE | {"measure": "idps", "kind": "stock"}
MOVED = PEOPLE | {"measure": "displaced", "unit": "displacements"}
ROWS = (
    STOCK | {"value": 250, "start": "2019-03-31"},
    STOCK | {"qualifier": "between", "low": 280, "high": 330, "start": "2019-05"},
    STOCK | {"value": 310, "qualifier": "at_least", "start": "2019-06-30"},
    STOCK | {"value": 352, "qualifier": "approximately", "start": "2019-07-31"},
    STOCK | {"value": 400, "qualifier": "up_to", "start": "2019-09"},
    MOVED | {"value": 42, "start": "2019-04-01", "end": "2019-04-28"},
    MOVED | {"value": 180, "start": "2019-04-29", "end": "2019-05-09", "source": "OCHA"},
)
FOUND = reports(*ROWS)
FLOW, STOCKS = cs.displacement(FOUND), cs.idps(FOUND)


def gids(ax: Any) -> list[str]:
    return [str(artist.get_gid()) for artist in (*ax.lines, *ax.patches) if artist.get_gid()]


def words(ax: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


def panels(ax: Axes) -> tuple[Any, Any]:
    figure: Any = ax.get_figure(root=True)
    return ax, next(one for one in figure.axes if one.get_label() == "stocks")


def test_stocks_as_points() -> None:
    points = stock_points(STOCKS)
    assert points["state"].to_list() == ["exact", "range", "floor", "value", "ceiling"]
    assert points["text"].to_list() == ["250", "280 to 330", "at least 310", "352 (334 to 370)", "up to 400"]
    assert [row["date_earliest"] == row["date_latest"] for row in points.to_dicts()] == [True, False, True, True, False]
    two = reports(
        STOCK | {"value": 5, "place": "A", "start": "2019-05-01"},
        STOCK | {"value": 6, "place": "B", "start": "2019-05-01"},
    )
    assert stock_points(cs.idps(two))["best"].to_list() == [11]
    with pytest.raises(KindError):
        stock_points(FLOW)
    with pytest.raises(OptionError, match="not split"):
        stock_points(cs.idps(FOUND, by=["place"]))


def test_two_panels_share_one_time_axis_and_no_second_y_axis() -> None:
    flow, stocks = panels(displacement(FLOW, STOCKS, title="Displacement"))
    assert flow.get_ylabel().replace("\n", " ") == "displacements (movements) per day"
    assert stocks.get_ylabel().replace("\n", " ") == "internally displaced people"
    assert flow.get_xlim() == stocks.get_xlim()
    assert len(flow.get_figure().axes) == 2
    assert flow.get_position().y0 > stocks.get_position().y1
    assert (flow.get_position().x0, flow.get_position().width) == (
        stocks.get_position().x0,
        stocks.get_position().width,
    )
    assert stocks.get_ylim()[0] == flow.get_ylim()[0] == 0
    found = gids(stocks)
    assert (found.count("stock"), found.count("possible days"), found.count("open"), found.count("bounds")) == (
        4,
        2,
        2,
        3,
    )
    source = next(text.get_text() for text in stocks.texts if text.get_gid() == "source")
    assert source.replace("\n", " ") == "Source of the flow: CCCM, OCHA. Source of the stocks: CCCM"
    # From 10 May on there are stocks only; the day of the first stock alone is no gap.
    assert gids(flow).count("no report") == 1
    key = words(stocks)
    assert "no report (not zero)" in key
    for text in (
        "flow as reported",
        "stock on its date",
        "bound of a stock",
        "bounds of a stock",
        "no upper bound known",
    ):
        assert text in key


@pytest.mark.parametrize("width", [3.5, 7.0])
def test_nothing_is_cut_off_and_the_bytes_are_the_same(width: float) -> None:
    drawn = [displacement(FLOW, STOCKS, width=width) for _ in range(2)]
    assert figure_bytes(drawn[0]) == figure_bytes(drawn[1])
    flow, stocks = panels(drawn[0])
    figure = flow.get_figure()
    renderer = figure.canvas.get_renderer()
    for ax in (flow, stocks):
        box = ax.get_tightbbox(renderer)
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= figure.bbox.x1 + 8
        assert box.y1 <= figure.bbox.y1 + 1


def test_axes_of_a_caller_are_divided() -> None:
    figure = Figure(figsize=(7, 5))
    ax = figure.add_subplot()
    whole = ax.get_position().frozen()
    flow, stocks = panels(displacement(FLOW, STOCKS, ax=ax))
    assert stocks is ax
    figure.canvas.draw()
    assert stocks.get_position().y0 == pytest.approx(whole.y0)
    assert flow.get_position().y1 == pytest.approx(whole.y1)
    assert flow.get_position().y0 > stocks.get_position().y1


def test_without_stocks_it_is_the_flow() -> None:
    ax = displacement(FLOW)
    assert len(ax.get_figure().axes) == 1
    assert displacement_alt(FLOW) == cs.plots.alt_text.flow(FLOW)
    same = displacement(cs.displacement(FOUND, source="CCCM"), STOCKS)
    source = next(text.get_text() for text in panels(same)[1].texts if text.get_gid() == "source")
    assert source == "Source: CCCM"
    # A calendar cell without a report is a gap of the flow's own, and is told once.
    rows = [MOVED | {"value": 9, "start": f"2019-0{at}-01", "end": f"2019-0{at}-09"} for at in (4, 6)]
    monthly = cs.displacement(reports(*rows)).resample("month")
    assert words(panels(displacement(monthly, STOCKS))[1]).count("no report (not zero)") == 1
    one = reports(STOCK | {"value": 5, "start": "2019-04-05"})
    inside = words(panels(displacement(FLOW, cs.idps(one)))[1])
    assert inside == ["flow as reported", "stock on its date"]
    floor = reports(STOCK | {"value": 5, "qualifier": "at_least", "start": "2019-04-05"})
    assert words(panels(displacement(FLOW, cs.idps(floor)))[1]) == [
        "flow as reported",
        "bound of a stock",
        "no upper bound known",
    ]


def test_words_for_those_who_do_not_see_it() -> None:
    told = displacement_alt(FLOW, STOCKS)
    assert told.endswith(
        "Below: internally displaced people on dates: 250 on 31 March 2019; 280 to 330 on a day of 2019-05; at least 310 on "
        "30 June 2019; 352 (334 to 370) on 31 July 2019; up to 400 on a day of 2019-09."
    )
    many = reports(*(STOCK | {"value": at, "start": f"2019-05-{at:02}"} for at in range(1, 15)))
    assert "; and 2 more." in displacement_alt(FLOW, cs.idps(many))


def account(**terms: Any) -> DisplacementAccount:
    rows = [STOCK | {"value": 250, "start": "2019-03-31"}, STOCK | {"value": 300, "start": "2019-06-30"}]
    return displacement_account(cs.idps(reports(*rows)), **terms)


FULL: dict[str, Any] = {
    "displaced": Estimate(90, 100, 120), "onward": 10, "returned": Estimate(20, 25, 30), "settled": 0, "births": 4,
    "deaths": "at least 2", "arrivals": Estimate(-5, -3, 0),
}  # fmt: skip


def test_bars_follow_one_another() -> None:
    bars = waterfall_bars(account(**FULL).stretch())
    assert bars["name"].to_list() == [
        "stock_start", "displaced", "onward", "returned", "settled", "births", "deaths", "arrivals", "expected", "stock_end",
        "residual",
    ]  # fmt: skip
    assert bars["end"].to_list() == [250, 350, 340, 315, 315, 319, 317, 314, None, 300, None]
    assert bars["start"].to_list()[1:8] == bars["end"].to_list()[:7]
    assert bars["state"].to_list()[6] == "floor"
    returned = bars.row(3, named=True)
    assert (returned["low"], returned["high"]) == (310, 320)
    deaths = bars.row(6, named=True)
    assert (deaths["low"], deaths["high"], deaths["open_low"], deaths["open_high"]) == (None, 317, True, False)
    away = waterfall_bars(account(arrivals=Estimate(-9, None, -4)).stretch()).row(7, named=True)
    assert (away["start"], away["end"], away["kind"]) == (250, 246, "fewer")


def test_the_residual_lies_between_what_is_expected_and_what_is_stated() -> None:
    known = account(**FULL | {"deaths": 2})
    bars = waterfall_bars(known.stretch())
    expected, last, rest = (bars.row(at, named=True) for at in (8, 9, 10))
    assert (expected["end"], last["end"], rest["start"], rest["end"]) == (314, 300, 314, 300)
    residual = known.stretch().residual
    assert rest["text"] == str(residual) == "-14 (-42 to 3)"
    assert (rest["low"], rest["high"]) == (297, 342)
    assert "unexplained" in words(waterfall(known))
    assert words(waterfall(account(displaced=0, onward=0, returned=0, settled=0, births=0, deaths=0, arrivals=0))) == [
        "stock as stated", "stock as expected", "unexplained",
    ]  # fmt: skip


def test_terms_that_are_not_given_are_hatched_and_move_nothing() -> None:
    found = account(displaced=80, onward=5)
    bars = waterfall_bars(found.stretch())
    assert bars["state"].to_list().count("not given") == 5
    ax = waterfall(found)
    hatched = [patch for patch in ax.patches if patch.get_gid() == "not given"]
    assert len(hatched) == 5
    assert all(patch.get_hatch() for patch in hatched)
    assert "not given (not zero)" in words(ax)
    assert "no bound known" in words(ax)
    shown = [text.get_text() for text in ax.texts]
    assert shown.count("not given") == 5


def test_the_picture_says_days_and_sources_and_its_numbers() -> None:
    ax = waterfall(account(**FULL), title="April to June 2019")
    source = next(text.get_text() for text in ax.texts if text.get_gid() == "source").replace("\n", " ")
    assert source.startswith("Flows over 91 days (1 Apr to 30 Jun 2019, both ends counted). Source: CCCM; as stated")
    assert ax.get_xlabel() == "people"
    assert gids(ax).count("nought") == 1
    told = waterfall_alt(account(**FULL))
    assert "returned 25 (20 to 30); settled or left 0; births 4; deaths at least 2; net arrivals -3 (-5 to 0)" in told
    alone = waterfall(account(**FULL).stretch())
    assert any("not stated" in text.get_text() for text in alone.texts)


def test_bounds_far_away_are_cut_and_marked() -> None:
    ax = waterfall(account(**FULL | {"returned": Estimate(20, 25, 90_000)}))
    assert ax.get_xlim()[1] < 1000
    assert "goes on beyond the picture" in words(ax)
    low = waterfall(account(**FULL | {"returned": Estimate(340, 345, 360)}))
    assert low.get_xlim()[0] < 0


@pytest.mark.parametrize("width", [3.5, 7.0])
def test_a_waterfall_keeps_its_bytes_and_its_margins(width: float) -> None:
    first, again = (waterfall(account(**FULL), width=width) for _ in range(2))
    assert figure_bytes(first) == figure_bytes(again)
    figure: Any = first.get_figure()
    box: Any = first.get_tightbbox(figure.canvas.get_renderer())
    assert box.x0 >= -1
    assert box.y0 >= -1


def test_axes_of_a_caller_hold_a_waterfall() -> None:
    ax = Figure(figsize=(7, 5)).add_subplot()
    assert waterfall(account(**FULL), ax=ax) is ax
    assert ax.get_ylim() == (10.5, -0.5)


def test_a_fuzzy_stock_is_named_by_its_month() -> None:
    bars = waterfall_bars(displacement_account(STOCKS, displaced=0).stretch(0))
    assert bars["label"].to_list()[9] == "stock of 2019-05"
    assert bars.row(9, named=True)["end"] == 280


def test_what_is_no_account_is_refused() -> None:
    with pytest.raises(MeasureError, match="displacement_account"):
        waterfall(FLOW)
    with pytest.raises(OptionError, match="stretch="):
        waterfall(displacement_account(STOCKS, displaced=0))


def test_a_sure_gap_without_best_value_is_drawn_to_its_nearest_bound() -> None:
    rows = [
        {"report_id": name, "measure": "idps", "unit": "people", "kind": "stock", "value": value, "start": day}
        for name, value, day in (("a", 40_000, "2019-04-30"), ("b", 52_000, "2019-06-30"))
    ]
    stocks = cs.idps(cs.read_reports(pl.DataFrame(rows)))
    none = {"onward": 0, "settled": 0, "births": 0, "deaths": 0, "arrivals": 0}
    account = cs.displacement_account(
        stocks, displaced=cs.Estimate.of("up_to", 3_000), returned=cs.Estimate.of("at_least", 0), **none
    )
    bar = waterfall_bars(account.stretch(0)).filter(pl.col("name") == "residual").row(0, named=True)
    # 12,000 more, of which 3,000 at most were displaced.
    assert (bar["start"], bar["end"], bar["text"], bar["state"]) == (43_000, 52_000, "at least 9,000", "floor")
