from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import matplotlib as mpl
import polars as pl
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from plot_samples import reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, OptionError, TooFewReportsError
from casualtystats.plots import figure_bytes
from casualtystats.plots.data.forecast import forecast_alt, forecast_picture
from casualtystats.plots.data.scores import score_picture, scores_alt
from casualtystats.plots.forecast import forecast as draw_forecast
from casualtystats.plots.scores import scores as draw_scores
from casualtystats.trends.forecast import Forecast, forecast

FIRST = date(2019, 4, 1)
COUNTS = [12, 9, 14, 11, 15, 10, 13, 12, 18, 0, 16, 22, 17, 14, 19, 21, 13, 24, 20, 26, 17, 22]


def made(
    counts: list[int], horizon: int = 3, models: Any = None, days: int = 7, every: Any = "week", **more: Any
) -> Forecast:
    starts = [FIRST + timedelta(days=days * at) for at in range(len(counts))]
    rows = [
        {"value": n, "start": str(start), "end": str(start + timedelta(days=days - 1))}
        for n, start in zip(counts, starts, strict=True)
    ]
    return forecast(cs.deaths(reports(*rows)).resample(every), horizon, models, draws=400, **more)


@pytest.fixture(scope="module")
def weekly() -> Forecast:
    return made(COUNTS, origins=5)


@pytest.fixture(scope="module")
def five() -> Forecast:
    return made(COUNTS * 3, 6, ["naive", "poisson", "nb", "damped", "ensemble"], origins=11)


def gids(ax: Any, gid: str) -> list[Any]:
    return [artist for artist in (*ax.lines, *ax.patches, *ax.texts) if artist.get_gid() == gid]


def test_the_fan_is_that_of_the_headline(weekly: Forecast) -> None:
    picture = forecast_picture(weekly)
    assert picture.model == weekly.headline
    own = weekly.to_frame().filter(model=weekly.headline)
    assert picture.fan.drop("beyond").equals(own)
    assert picture.others["model"].n_unique() == 3
    assert picture.earlier == 0
    assert picture.top >= max(COUNTS)
    other = forecast_picture(weekly, "naive")
    assert other.fan["median"].to_list() == [22, 22, 22]
    assert "22" in other.sentence


def test_of_a_long_past_the_last_cells_are_shown(five: Forecast) -> None:
    picture = forecast_picture(five)
    assert picture.history.height == 30
    assert picture.earlier == 36
    assert "36 earlier weeks used but not shown" in picture.source
    assert picture.history["period_end"][-1] + timedelta(days=1) == picture.fan["period_start"][0]


def test_what_is_drawn_is_what_was_computed(weekly: Forecast) -> None:
    ax: Any = draw_forecast(weekly)
    own = weekly.to_frame().filter(model=weekly.headline)
    medians = [line.get_ydata()[0] for line in gids(ax, "median")]
    assert medians == own["median"].to_list()
    boxes = {(box.get_y(), box.get_y() + box.get_height()) for box in gids(ax, "fan")}
    top = ax.get_ylim()[1]
    for name in ("50", "80", "95"):
        assert {(low, min(high, top)) for low, high in own.select(f"low_{name}", f"high_{name}").rows()} <= boxes
    # Three bands a cell, the narrower the darker, in grey alone.
    shades = [to_rgb(box.get_facecolor()) for box in gids(ax, "fan")[:3]]
    assert shades[0] > shades[1] > shades[2]
    assert all(len({round(part, 6) for part in shade}) == 1 for shade in shades)
    assert len(gids(ax, "other")) == len(gids(ax, "mark")) == 3
    assert len(gids(ax, "origin")) == 1
    bars = [box.get_height() for box in ax.patches if box.get_gid() is None]
    assert bars == COUNTS
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "0 reported" in labels
    assert "95 % prediction interval" in labels
    assert ax.get_ylabel().replace("\n", " ") == f"{weekly.noun} per week"


def test_ends_far_above_are_cut_and_said() -> None:
    found = made([12, 9, 14, 11, 60, 10, 13, 1], 5, ["naive"])
    picture = forecast_picture(found)
    assert picture.fan["beyond"].to_list()[-1]
    assert not picture.fan["beyond"][0]
    ax: Any = draw_forecast(found)
    assert len(gids(ax, "beyond")) == picture.fan["beyond"].sum()
    assert "interval goes on above the picture" in [text.get_text() for text in ax.get_legend().get_texts()]
    assert "Not evaluated" in picture.source


def test_score_cells(five: Forecast) -> None:
    cells = score_picture(five).cells
    table = five.table.filter(pl.col("horizon").is_null())
    assert cells.height == 5 * 6
    for row in table.to_dicts():
        own = {cell["score"]: cell for cell in cells.filter(model=row["model"]).to_dicts()}
        assert own["CRPS"]["value"] == row["crps"]
        assert own["inside 95 %"]["text"] == f"{100 * row['coverage_95']:.0f} %"
        if row["model"] == "naive":
            assert own["CRPS"]["change"] is None
            continue
        assert own["CRPS"]["change"] == pytest.approx(-100 * row["skill"])
        assert own["CRPS"]["change_text"][0] == ("\N{MINUS SIGN}" if row["skill"] > 0 else "+")
        assert -1 <= own["CRPS"]["shade"] <= 1
    best = cells.filter("best")
    assert set(best["score"]) == {"CRPS", "WIS", "95 % interval score", "log score"}
    assert best.filter(score="CRPS")["model"].to_list() == [five.scores().best]
    one = score_picture(five.scores(), 2)
    assert one.cells.filter(model="nb", score="WIS")["value"].item() == pytest.approx(
        five.table.filter(model="nb", horizon=2)["wis"].item()
    )
    assert "2 cells ahead" in one.label
    assert "1 cell ahead" in score_picture(five, 1).label


def test_the_score_picture_says_the_verdict(five: Forecast) -> None:
    ax: Any = draw_scores(five)
    assert next(text.get_text() for text in gids(ax, "name")) == "naive (last count)"
    assert len(gids(ax, "cell")) == 30
    assert len(gids(ax, "change")) == 4 * 4
    sentence = gids(ax, "sentence")[0].get_text().replace("\n", " ")
    verdict = five.scores().verdict
    assert sentence == verdict[0].upper() + verdict[1:]
    bold = [text for text in gids(ax, "value") if text.get_fontweight() == "bold"]
    assert len(bold) == 4


def test_a_table_of_zeros_has_no_ratio() -> None:
    # A naive forecast that is never wrong has nothing that another could be a share of.
    found = made(COUNTS, 1, ["naive", "damped"], origins=2)
    table = found.scores()
    frame = table.to_frame().with_columns(crps=pl.when(model="naive").then(0.0).otherwise("crps"))
    still = type(table)(
        table.noun, table.levels, frame, table.by_origin, table.origins, table.best, table.verdict, table.notes
    )
    cell = score_picture(still).cells.filter(model="damped", score="CRPS").row(0, named=True)
    assert cell["change"] is None
    assert cell["change_text"] == ""


def test_alternative_texts(weekly: Forecast, five: Forecast) -> None:
    text = forecast_alt(weekly)
    assert text.startswith("Bars of reported violent deaths of civilians by week, 1 April to 1 September 2019: 0 to 26")
    assert "Lines show the medians of others" in text
    assert weekly.evaluation.verdict[1:] in text
    table = scores_alt(five)
    assert "naive (last count): CRPS" in table
    assert "below: against the naive forecast" in table
    assert table.endswith(".")


@pytest.mark.parametrize("width", [7.0, 3.5])
@pytest.mark.parametrize("kind", ["fan", "single", "daily", "scores"])
def test_pictures_are_of_the_same_bytes_and_leave_no_state(kind: str, width: float, five: Forecast) -> None:
    draws: dict[str, Any] = {
        "fan": lambda: draw_forecast(five, width=width, title="Forecast"),
        "single": lambda: draw_forecast(made(COUNTS, 1, ["nb"], origins=0), width=width),
        "daily": lambda: draw_forecast(made(COUNTS * 3, 10, days=1, every="day", origins=0), width=width),
        "scores": lambda: draw_scores(five, width=width, title="Scores"),
    }
    before = dict(mpl.rcParams)
    first = draws[kind]()
    picture = figure_bytes(first, "svg")
    assert picture == figure_bytes(draws[kind](), "svg")
    assert dict(mpl.rcParams) == before
    assert Gcf.figs == {}
    # Nothing runs out of the picture.
    first.figure.canvas.draw()
    renderer = first.figure.canvas.get_renderer()
    size = first.figure.bbox
    for text in first.figure.findobj(mpl.text.Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert box.x0 >= -1
            assert box.x1 <= size.x1 + 1
            assert box.y0 >= -1
            assert box.y1 <= size.y1 + 1


def test_axes_of_a_caller(five: Forecast) -> None:
    figure = Figure(figsize=(9, 4))
    left, right = figure.subplots(1, 2)
    assert draw_forecast(five, ax=left, model="damped") is left
    assert draw_scores(five.scores(), ax=right) is right


def test_refusals(weekly: Forecast) -> None:
    anything: Any = COUNTS
    with pytest.raises(MeasureError, match="a forecast"):
        draw_forecast(anything)
    series: Any = cs.deaths(reports({"value": 3, "start": "2019-04-01"}))
    with pytest.raises(KindError, match="a forecast"):
        draw_forecast(series)
    with pytest.raises(MeasureError, match="scores"):
        draw_scores(anything)
    with pytest.raises(OptionError, match="model= one of the forecast"):
        draw_forecast(weekly, model="poisson")
    with pytest.raises(TooFewReportsError, match="not evaluated, as asked"):
        draw_scores(made(COUNTS, 1, ["nb"], origins=0))
    with pytest.raises(OptionError, match="horizon= 1 to 3"):
        draw_scores(weekly, horizon=4)
