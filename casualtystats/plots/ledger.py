"""A ledger: the periods of its reports above, and below on the same days the band that all of them imply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from matplotlib.axes import Axes

from casualtystats.ledger import Contradiction, Ledger
from casualtystats.ledger.options import Relax
from casualtystats.periods.cadence import Every
from casualtystats.plots.bands import band_top, draw_cells
from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.ledger import LISTED, LedgerPicture, ledger_picture
from casualtystats.plots.data.ledgerlanes import MOST
from casualtystats.plots.divided import divide
from casualtystats.plots.keys import ledger_key
from casualtystats.plots.lanes import Placed, lane_text, lanes_height, place_lane, stack_lanes
from casualtystats.plots.signs import draw_box
from casualtystats.plots.style import FAINT, HALO, INK, SMALL, TEXT, house_style
from casualtystats.plots.text import balanced, wrap

__all__ = ["ledger"]

_LINE: Final = SMALL * 1.3
_GAP: Final = 9.0
_BOX: Final = 14.0
# Height of axes that only say that nothing follows.
_SILENT_BODY: Final = 110.0
# Of a caller's axes, what the band keeps at least.
_BAND_SHARE: Final = 0.34
# ... and what the sentences about contradictions take at most.
_TOLD_SHARE: Final = 0.25
_SILENT: Final = (
    "The reports contradict each other: nothing follows from all of them. Name a rule: relax=, drop= or trust="
)


def ledger(
    ledger: Ledger, *, every: Every = "week", place: str | None = None, group: str | None = None, ax: Axes | None = None,
    width: float = 7.0, title: str | None = None, relax: Relax | None = None, drop: list[str] | None = None,
    trust: list[str] | None = None,
) -> Axes:  # fmt: skip
    """What several reports say together: their periods above, and on the same days the band that they imply.

    Parameters
    ----------
    ledger : Ledger
        Its reports are lanes under the names of their sources. Of more than 24, those that contradict each other, that
        a rule changed or that make a bound are shown, and the line below says how many there are. Reports that began
        years before the others are cut, with their date.
    every : {"day", "week", "epiweek", "month", "quarter", "year"} or timedelta
        The calendar of the band.
    place, group : str, optional
        What the band counts, as in `Ledger.bounds`; by default what all reports together speak about.
    ax : Axes, optional
        Where to draw; the lanes take the upper part of its place, two thirds at most: as many reports are shown as
        that has room for, at about 15 points each. By default a figure that is as high as it needs.
    width : float, default 7
        Width of a new figure in inches.
    title : str, optional
        A short noun.
    relax, drop, trust
        A rule for contradictions, as in `Ledger.settled`; it is named below the picture. A report that it leaves out
        is hollow; one that gives way says as what it is read.

    Returns
    -------
    Axes
        Those of the band. Each cell spans, as a count, from the least to the most that any counts allow that agree
        with all reports; nothing is said of where in it the count is. An arrow stands on a bound from below that has none from
        above; cells that nothing bounds are hatched.

    Raises
    ------
    KindError, MeasureError
        If it is no ledger.
    OptionError
        If an option is wrong.

    Notes
    -----
    Reports that can not all be true bear the number of their group in a box, dashed for a tension, which rests on
    the band that is read into "about"; the first groups are told in words between lanes and band. Without a rule
    nothing follows from contradictory reports, and no band is drawn. The bounds of several cells do not add up.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [100, 150],
    ...     "start": ["2019-05-01", "2019-05-06"], "end": ["2019-05-10", "2019-05-15"],
    ... }))
    >>> cs.plots.ledger(cs.Ledger(reports)).get_ylabel()
    'violent deaths in a week'
    """

    def picture(most: int) -> LedgerPicture:
        return ledger_picture(
            ledger, every, place=place, group=group, relax=relax, drop=drop, trust=trust, most=most
        )  # fmt: skip

    with house_style(ax is None):
        return _drawn(Sheet.of(ax, width), picture, title)


def _drawn(sheet: Sheet, make: Callable[[int], LedgerPicture], title: str | None) -> Axes:
    room = sheet.height
    picture, body, rows = _fitted(sheet, make)
    upper = _upper(sheet)
    lanes = stack_lanes(upper, rows, tail=False)
    spare = min(_TOLD_SHARE * room, (1 - _BAND_SHARE) * room - lanes)
    told = _told(sheet, picture.groups, None if sheet.own else spare)
    between = _GAP + (_GAP + sum(len(lines) for _, lines in told) * _LINE if told else 0)
    if not sheet.own:
        body = max(_BAND_SHARE * room, room - lanes - between)
        lanes = room - between - body
        divide(sheet.ax, upper.ax, body / room, 1 - lanes / room)
        _scale(sheet, picture)
    elif not picture.consistent:
        body = _SILENT_BODY
    sheet.dress()
    for part in (sheet, upper):
        part.ax.grid(visible=True, axis="x", color=FAINT, linewidth=0.6)
    if picture.consistent:
        draw_cells(sheet, picture.cells, body)
    else:
        _say_nothing(sheet, picture.label, body)
    line = ". ".join(["Source: " + ", ".join(picture.sources), *picture.notes])
    sheet.settle(body, between + lanes, line, title, ledger_key(picture.lanes, picture.cells))
    if sheet.own:
        box, points = sheet.ax.get_position(), sheet.figure.get_figheight() * 72
        upper.ax.set_position((box.x0, box.y1 + between / points, box.width, lanes / points))
    _tell(upper.ax, told)
    return sheet.axes


def _scale(sheet: Sheet, picture: LedgerPicture) -> float:
    """Set the scales of the band; the height of its axes in points."""
    return sheet.scale(picture.label, band_top(picture.cells), picture.first, picture.last, whole=True)


def _fitted(sheet: Sheet, make: Callable[[int], LedgerPicture]) -> tuple[LedgerPicture, float, list[Placed]]:
    """The picture with as many lanes as a caller's axes have room for, the height of the axes, and the lanes placed."""
    room, most = sheet.height, MOST
    while True:
        picture = make(most)
        body = _scale(sheet, picture)
        lanes = picture.lanes.to_dicts()
        rows = [place_lane(sheet, row, lane_text(row, picture.cut, None), over=False) for row in lanes]
        # Beside the lanes: air, and a line or two that say how many groups contradict each other.
        left = (1 - _BAND_SHARE) * room - _GAP - (_GAP + 2 * _LINE if picture.groups else 0)
        needed = lanes_height(sheet, rows)
        if sheet.own or needed <= left or len(rows) == 1:
            return picture, body, rows
        most = max(1, min(len(rows) - 1, int(len(rows) * left / needed)))


def _upper(sheet: Sheet) -> Sheet:
    """Axes for the lanes, over those of the band, with the same days."""
    figure: Any = sheet.ax.get_figure(root=False)
    ax = figure.add_axes(sheet.ax.get_position().bounds, sharex=sheet.ax)
    ax.set_facecolor("none")
    ax.set_axisbelow(True)
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="x", bottom=False, labelbottom=False)
    ax.set_yticks([])
    ax.set_label("reports")
    return Sheet(ax, sheet.own)


def _told(
    sheet: Sheet, groups: Sequence[Contradiction], points: float | None
) -> list[tuple[tuple[str, bool] | None, list[str]]]:
    """The sign and the lines of the first groups, as many as fit in some points, and how many there are besides."""
    # Drawn letters are a little wider than measured ones.
    wide = 0.95 * (sheet.width - _BOX)
    told: list[tuple[tuple[str, bool] | None, list[str]]] = []
    left = float("inf") if points is None else points
    for number, one in enumerate(groups[:LISTED], 1):
        lines = wrap(one.sentence, wide, SMALL)
        left -= len(lines) * _LINE
        if left < 0:
            break
        told.append(((str(number), one.kind == "tension"), lines))
    more = len(groups) - len(told)
    if more:
        word = f"{'and ' if told else ''}{more:,} {'more ' if told else ''}group{'' if more == 1 else 's'} of reports"
        rest = f"{word} that can not all be true: ledger.contradictions()"
        sign = ("+", False) if len(groups) > LISTED and len(told) == LISTED else None
        told.append((sign, wrap(rest, wide, SMALL)))
    return told


def _tell(ax: Any, told: list[tuple[tuple[str, bool] | None, list[str]]]) -> None:
    """Write the groups under the lanes."""
    down = _GAP
    for sign, lines in told:
        if sign is not None:
            draw_box(ax, sign[0], (0, 0), 2, dashed=sign[1], coords="axes fraction", down=down)
        for text in lines:
            ax.annotate(
                text, (0, 0), (_BOX, -down), xycoords="axes fraction", textcoords="offset points",
                va="center_baseline", fontsize=SMALL, color=INK, gid="contradiction", annotation_clip=False,
            )  # fmt: skip
            down += _LINE


def _say_nothing(sheet: Sheet, label: str, body: float) -> None:
    """Say why there is no band, on axes of `body` points of height."""
    sheet.ax.set_yticks([])
    sheet.ax.set_ylabel("\n".join(balanced(label, body)), fontsize=TEXT, color=INK, labelpad=4)
    sheet.ax.annotate(
        "\n".join(balanced(_SILENT, 0.8 * sheet.width)), (0.5, 0.5), xycoords="axes fraction", ha="center",
        va="center", fontsize=SMALL + 1, color=INK, gid="nothing follows", path_effects=HALO,
    )  # fmt: skip
