"""A forecast as a fan of prediction intervals after the bars of what was reported."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.captions import Captioned
from casualtystats.plots.data.forecast import ForecastPicture, forecast_picture
from casualtystats.plots.dates import number
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, GREY, INK, UP, house_style, lighter, style_for
from casualtystats.rates.sampling import level_text
from casualtystats.trends.forecast import Forecast, Model
from casualtystats.trends.forecast.evaluate import level_name
from casualtystats.trends.forecast.models import LABELS, MODELS

__all__ = ["forecast"]

_COLOUR: Final = COLOURS[0]
# Points of width below which cells touch and marks are small.
_NARROW: Final = 8.0
_DASHED: Final = (0, (5, 3))


def forecast(
    result: Forecast,
    *,
    ax: Axes | None = None,
    width: float = 7.0,
    title: str | None = None,
    model: Model | None = None,
) -> Axes:
    """The counts of the past as bars, and after them a model's prediction intervals, the darker the more likely.

    Parameters
    ----------
    result : Forecast
        From `forecast`.
    ax, width, title
        As in `flow`.
    model : str, optional
        The model whose intervals are shown; default the one with the lowest mean CRPS over past origins. Of the others,
        lines show the medians.

    Returns
    -------
    Axes
        A hollow arrow says that the widest interval goes on above the picture. Of a long past the last cells are shown;
        how many came before stands under the picture.

    Raises
    ------
    KindError, MeasureError
        If it is no forecast.
    OptionError
        If it does not hold the model, `ax` is no Axes, or the width no possible width.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> starts = pl.date_range(pl.date(2019, 4, 1), pl.date(2019, 5, 20), "1w", eager=True)
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": list("abcdefgh"), "measure": "killed", "unit": "people",
    ...     "kind": "flow", "value": ["12", "9", "14", "11", "15", "10", "13", "12"], "start": starts.cast(pl.String),
    ...     "end": starts.dt.offset_by("6d").cast(pl.String)}))
    >>> forecast(cs.forecast(cs.deaths(reports).resample("week"), 2, ["naive"])).get_ylabel()
    'reported violent deaths per week'
    """
    picture = forecast_picture(result, model)
    with house_style(ax is None):
        return _drawn(Captioned.on(ax, width, picture.sentence), picture, result, title)


def _drawn(sheet: Sheet, picture: ForecastPicture, result: Forecast, title: str | None) -> Axes:
    first, last = picture.history["period_start"][0], picture.fan["period_end"][-1]
    label = f"{result.noun} per {result.cell}"
    body = sheet.scale(label, picture.top * 1.12, first, last, whole=True)
    sheet.dress()
    left, right = sheet.ax.get_xlim()
    scale = sheet.width / (right - left)
    for row in picture.history.to_dicts():
        _bar(sheet.ax, row, scale)
    start = number(picture.fan["period_start"][0]) - 0.5
    sheet.ax.axvline(start, color=GREY, linewidth=0.8, linestyle=_DASHED, zorder=1, gid="origin")
    for row in picture.fan.to_dicts():
        _fan(sheet.ax, row, result.levels, scale)
    _medians(sheet.ax, picture)
    sheet.settle(body, 0, picture.source, title, _key(picture, result))
    return sheet.axes


def _edges(row: dict[str, Any]) -> tuple[float, float]:
    return number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5


def _bar(ax: Any, row: dict[str, Any], scale: float) -> None:
    start, end = _edges(row)
    # Narrow bars touch each other: slits between them would dazzle.
    air = 0.04 * (end - start) if (end - start) * scale > _NARROW else 0.0
    ax.add_patch(
        Rectangle((start + air, 0), end - start - 2 * air, row["count"], facecolor=_COLOUR, linewidth=0, zorder=2)
    )
    if not row["count"]:
        ax.plot([start, end], [0, 0], color=_COLOUR, linewidth=2.4, solid_capstyle="butt", clip_on=False, zorder=4)


def _shade(at: int, of: int) -> str:
    """The narrower an interval, the darker."""
    return lighter(BAND, 0.15 + 0.65 * at / max(of - 1, 1))


def _fan(ax: Any, row: dict[str, Any], levels: tuple[float, ...], scale: float) -> None:
    start, end = _edges(row)
    top = ax.get_ylim()[1]
    for at, level in reversed(list(enumerate(levels))):
        low, high = row[f"low_{level_name(level)}"], min(row[f"high_{level_name(level)}"], top)
        ax.add_patch(
            Rectangle(
                (start, low),
                end - start,
                high - low,
                facecolor=_shade(at, len(levels)),
                linewidth=0,
                zorder=2,
                gid="fan",
            )
        )
    ax.plot(
        [start, end], [row["median"]] * 2, color=INK, linewidth=1.8, solid_capstyle="butt", clip_on=False, zorder=4.2,
        gid="median",
    )  # fmt: skip
    if row["beyond"]:
        ax.plot(
            [(start + end) / 2], [top * 0.9], marker=UP, markersize=20 if (end - start) * scale > _NARROW else 13,
            markerfacecolor="white", markeredgecolor=INK, markeredgewidth=0.7, linestyle="none", zorder=3.5, gid="beyond",
        )  # fmt: skip


def _others(picture: ForecastPicture) -> list[Model]:
    present = set(picture.others["model"])
    return [name for name in MODELS if name in present]


def _look(model: Model) -> dict[str, Any]:
    # The same look for a model in every picture, whichever others are shown.
    colour, marker, line = style_for(1 + MODELS.index(model))
    return {
        "color": colour, "linestyle": line, "linewidth": 1.2, "marker": marker, "markersize": 5.5,
        "markeredgecolor": "white", "markeredgewidth": 0.5,
    }  # fmt: skip


def _rest(model: Model) -> dict[str, Any]:
    return {name: value for name, value in _look(model).items() if name != "color"}


def _medians(ax: Any, picture: ForecastPicture) -> None:
    """The medians of the other models: thin lines, each with its mark at a place of its own, as they may lie close."""
    names = _others(picture)
    for at, name in enumerate(names):
        rows = picture.others.filter(model=name).to_dicts()
        ends = [_edges(row) for row in rows]
        steps = [(x, row["median"]) for row, pair in zip(rows, ends, strict=True) for x in pair]
        look = _look(name)
        ax.plot(*zip(*steps, strict=True), **look | {"marker": ""}, zorder=4, clip_on=False, gid="other")
        x = ends[0][0] + (ends[-1][1] - ends[0][0]) * (at + 0.5) / len(names)
        y = next(row["median"] for row, (_, end) in zip(rows, ends, strict=True) if x <= end)
        ax.plot([x], [y], **look | {"linestyle": "none"}, zorder=4.5, clip_on=False, gid="mark")


def _key(picture: ForecastPicture, result: Forecast) -> list[Any]:
    key: list[Any] = [box_key("as reported", _COLOUR)]
    if (picture.history["count"] == 0).any():
        key.append(line_key("0 reported", _COLOUR, linewidth=2.4))
    key.append(line_key(f"median: {LABELS[picture.model]}", INK, linewidth=1.8))
    for at, level in enumerate(result.levels):
        key.append(box_key(f"{level_text(level)} prediction interval", _shade(at, len(result.levels))))
    if picture.fan["beyond"].any():
        key.append(open_key("interval goes on above the picture", hollow=True))
    return key + [line_key(f"median: {LABELS[name]}", _look(name)["color"], **_rest(name)) for name in _others(picture)]
