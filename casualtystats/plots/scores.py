"""A score table as a picture: models by scores, shaded by how they compare with the naive forecast."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from casualtystats.plots.captions import Captioned
from casualtystats.plots.data.scores import ScorePicture, score_picture
from casualtystats.plots.keys import box_key
from casualtystats.plots.style import BAND, COLOURS, FAINT, GREY, INK, SMALL, TEXT, house_style, lighter
from casualtystats.plots.text import text_width, wrap
from casualtystats.trends.forecast import Forecast, Model, ScoreTable
from casualtystats.trends.forecast.models import LABELS

__all__ = ["scores"]

_LINE: Final = 1.25
_AIR: Final = 7.0
# Of the width, what the names of models take at most.
_NAMES: Final = 0.22
# Points, below which numbers can not be read.
_SMALLEST: Final = 5.0
_BETTER: Final = COLOURS[0]
_WORSE: Final = BAND
_PALE: Final = 0.35


def scores(
    result: Forecast | ScoreTable,
    *,
    ax: Axes | None = None,
    width: float = 7.0,
    title: str | None = None,
    horizon: int | None = None,
) -> Axes:
    """The scores of each model over past origins, with how they differ from those of the naive forecast.

    Parameters
    ----------
    result : Forecast or ScoreTable
        From `forecast`, or its `scores()`.
    ax, width, title
        As in `flow`.
    horizon : int, optional
        Steps ahead; default all together.

    Returns
    -------
    Axes
        A row a model, a column a score, the lowest of each in bold. Under each number its difference from the naive
        forecast: in per cent, for the log score in nats. "inside 95 %": the share of counts that fell into 95 % intervals.

    Raises
    ------
    KindError, MeasureError
        If it holds no scores of forecasts.
    TooFewReportsError
        If nothing was evaluated.
    OptionError
        If the horizon was not evaluated, `ax` is no Axes, or the width no possible width.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> starts = pl.date_range(pl.date(2019, 4, 1), pl.date(2019, 7, 1), "1w", eager=True)
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": list("abcdefghijklmn"), "measure": "killed", "unit": "people",
    ...     "kind": "flow", "value": ["12", "9", "14", "11", "15", "10", "13", "12", "9", "11", "14", "8", "12", "10"],
    ...     "start": starts.cast(pl.String), "end": starts.dt.offset_by("6d").cast(pl.String)}))
    >>> found = cs.forecast(cs.deaths(reports).resample("week"), 1, ["naive", "damped"])
    >>> [text.get_text() for text in scores(found).texts if text.get_gid() == "head"][:2]
    ['CRPS', 'WIS']
    """
    picture = score_picture(result, horizon)
    with house_style(ax is None):
        return _drawn(Captioned.on(ax, width, picture.sentence), picture, title)


def _drawn(sheet: Captioned, picture: ScorePicture, title: str | None) -> Axes:
    ax, rows = sheet.ax, picture.cells.to_dicts()
    models: list[Model] = list(dict.fromkeys(row["model"] for row in rows))
    heads = list(dict.fromkeys(row["score"] for row in rows))
    names = {
        model: wrap(LABELS[model], _NAMES * (sheet.figure.get_figwidth() * 72 if sheet.own else sheet.width))
        for model in models
    }
    column = max(text_width(line) for lines in names.values() for line in lines) + _AIR
    sheet.side_margins(column + _AIR, 10)
    room = sheet.width / len(heads)
    wrapped = [wrap(head, room - 1, SMALL) for head in heads]
    top = max(len(lines) for lines in wrapped) * SMALL * _LINE + _AIR
    size = max(2 * TEXT, max(len(lines) for lines in names.values()) * TEXT) * _LINE + _AIR
    body = top + size * len(models)
    ax.set_xlim(0, len(heads))
    ax.set_ylim(body, 0)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    for at, lines in enumerate(wrapped):
        _text(ax, at + 0.5, top - _AIR / 2, "\n".join(lines), SMALL, va="bottom", color=GREY, gid="head")
    for row in rows:
        _cell(sheet, row, heads.index(row["score"]), top + size * models.index(row["model"]), size)
    for at, model in enumerate(models):
        ax.annotate(
            "\n".join(names[model]), (0, top + size * (at + 0.5)), (-column, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="left", va="center", fontsize=TEXT, color=INK, annotation_clip=False,
            parse_math=False, gid="name",
        )  # fmt: skip
    ax.set_xlabel(
        "\n".join(wrap(picture.label, sheet.width, SMALL)), fontsize=SMALL, color=GREY, labelpad=3, loc="left"
    )
    sheet.settle(body if sheet.own else sheet.height, 0, picture.source, title, _key(rows))
    return sheet.axes


def _face(shade: float | None) -> str:
    if shade is None:
        return "white"
    # Never so dark that the numbers on it could not be read.
    return lighter(_BETTER if shade < 0 else _WORSE, 1 - (1 - _PALE) * abs(shade))


def _cell(sheet: Captioned, row: dict[str, Any], at: int, top: float, size: float) -> None:
    ax = sheet.ax
    ax.add_patch(
        Rectangle(
            (at, top),
            1,
            size,
            facecolor=_face(row["shade"]),
            edgecolor=FAINT,
            linewidth=0.6,
            zorder=1,
            clip_on=False,
            gid="cell",
        )
    )
    room = sheet.width / sheet.ax.get_xlim()[1] - 2
    weight = "bold" if row["best"] else "normal"
    value = _fitted(row["text"], TEXT, room, bold=row["best"])
    middle = top + size / 2
    if not row["change_text"]:
        _text(ax, at + 0.5, middle, row["text"], value, va="center", fontweight=weight, gid="value")
        return
    _text(ax, at + 0.5, middle, row["text"], value, va="bottom", fontweight=weight, gid="value")
    _text(
        ax, at + 0.5, middle + 1.5, row["change_text"], _fitted(row["change_text"], SMALL, room), va="top", gid="change"
    )


def _fitted(text: str, size: float, room: float, *, bold: bool = False) -> float:
    """The size of type at which a number stays in its cell."""
    return max(_SMALLEST, min(size, size * room / text_width(text, size, bold)))


def _text(ax: Any, x: float, y: float, text: str, size: float, **look: Any) -> None:
    ax.text(x, y, text, fontsize=size, ha="center", parse_math=False, zorder=3, **({"color": INK} | look))


def _key(rows: list[dict[str, Any]]) -> list[Any]:
    shades = [row["shade"] for row in rows if row["shade"] is not None]
    key: list[Any] = []
    if any(shade < 0 for shade in shades):
        key.append(box_key("better than the naive forecast (\N{MINUS SIGN})", _face(-0.7)))
    if any(shade > 0 for shade in shades):
        key.append(box_key("worse than the naive forecast (+)", _face(0.7)))
    return key
