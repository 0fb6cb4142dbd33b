"""Axes with something beneath them, such as a table of numbers at risk: room is kept between dates and source line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter
from matplotlib.transforms import Bbox

from casualtystats.plots.captions import Captioned
from casualtystats.plots.lanelabels import shortened
from casualtystats.plots.style import GREY, INK, SMALL, TEXT
from casualtystats.plots.text import balanced, text_width

__all__ = ["Panelled", "percent", "round_days", "table_height"]

_STEPS: Final = (1, 2, 5, 7, 10, 14, 20, 28, 50, 60, 90, 100, 180, 200, 365, 500, 730, 1000, 1825, 3650, 7300)
# From the axis to below its labels and its name.
_UNDER: Final = 27.0
_LINE: Final = SMALL * 1.35
_NAMES: Final = 0.2
_MOST_UNDER: Final = 0.6


def percent(value: float, _: int | None = None) -> str:
    """A share as a percentage.

    Examples
    --------
    >>> percent(0.25), percent(1.0)
    ('25 %', '100 %')
    """
    return f"{100 * value:.10g} %"


def _day(value: float, _: int | None = None) -> str:
    return f"{value:,.10g}"


def table_height(rows: int) -> float:
    """Points that a table with some rows takes."""
    return (rows + 1) * _LINE + 2


def round_days(last: float, most: int) -> list[int]:
    """Days from 0 to the last in round steps, no more than `most`.

    Examples
    --------
    >>> round_days(31, 6), round_days(90, 4), round_days(0, 5)
    ([0, 7, 14, 21, 28], [0, 28, 56, 84], [0])
    """
    step = next((step for step in _STEPS if last / step < most), int(last) + 1)
    return list(range(0, int(last) + 1, step))


class _Upper:
    """What is left of a caller's axes above some points, or above a share of them, wherever a layout moves them."""

    def __init__(self, whole: Any, points: float, share: float | None) -> None:
        self.whole, self.points, self.share = whole, points, share

    def __call__(self, ax: Any, renderer: Any) -> Bbox:
        """The part in fractions of the figure."""
        box = self.whole.get_position(original=True)
        high = box.height * self.whole.get_figure(root=True).get_figheight() * 72
        low = self.share if self.share is not None else min(self.points / high, _MOST_UNDER)
        return Bbox.from_extents(box.x0, box.y0 + low * box.height, box.x1, box.y1)


@dataclass
class Panelled(Captioned):
    """A captioned sheet with something beneath its axes, which takes `under` points.

    On a figure of its own the figure grows by them; a caller's axes give them up.
    """

    under: float = 0.0

    @classmethod
    def on(cls, ax: Axes | None, width: float, sentence: str) -> Panelled:
        """A caller's axes, or new ones; the errors are those of `Sheet.of`."""
        found = Captioned.on(ax, width, sentence)
        return cls(found.ax, found.own, sentence)

    def claim(self, points: float, share: float | None = None) -> None:
        """Keep points free beneath the axes; of a caller's axes a share of their height, where one is given."""
        self.under = points
        if not self.own:
            part = _Upper(self.ax, points, share)
            self.ax.set_axes_locator(part)
            self.ax.apply_aspect(part(self.ax, None))

    def settle(
        self, body: float, above: float, source: str, title: str | None, key: list[Any], *, lowest: Any = None
    ) -> None:
        """As of `Sheet`, with the source line below what stands beneath the axes, or below the `lowest` axes."""
        super().settle(body, above, source, title, key)
        line: Any = next(text for text in self.ax.texts if text.get_gid() == "source")
        if lowest is not None:
            line.xycoords = lowest.transAxes
        else:
            line.xyann = (line.xyann[0], line.xyann[1] - self.under)
        if self.own:
            box, before = self.ax.get_position(), self.figure.get_figheight() * 72
            total = before + self.under
            self.figure.set_figheight(total / 72)
            self.ax.set_position(
                (box.x0, (box.y0 * before + self.under) / total, box.width, box.height * before / total)
            )

    def plain(self, label: str, ticks: list[str], rows: list[str]) -> tuple[float, list[str]]:
        """Name the y axis and set the margins beside it.

        Parameters
        ----------
        label : str
            What the y axis is, with its unit.
        ticks : list of str
            Its labels.
        rows : list of str
            Names of the rows beneath.

        Returns
        -------
        float, list of str
            The height of the axes in points, and the names of rows as they fit.
        """
        points = self.figure.get_figwidth() * 72 if self.own else self.width
        body = min(max(0.42 * points, 140.0), 220.0) if self.own else self.height
        lines = balanced(label, body)
        self.ax.set_ylabel("\n".join(lines), fontsize=TEXT, color=INK, labelpad=4)
        names = [shortened(name, _NAMES * points, SMALL) for name in rows]
        needed = max(text_width(text) for text in ticks) + 14 + len(lines) * TEXT * 1.25
        self.side_margins(max(needed, *(text_width(name, SMALL) + 18 for name in names)), 18)
        return body, names

    def shares(self) -> list[str]:
        """Make the y axis one of shares from 0 to 100 %; its labels."""
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
        self.ax.set_ylim(0, 1.02)
        self.ax.yaxis.set_major_locator(FixedLocator(ticks))
        self.ax.yaxis.set_major_formatter(FuncFormatter(percent))
        return [percent(tick) for tick in ticks]

    def days(self, last: float, ticks: list[int], label: str) -> None:
        """Make the x axis one of days from 0 on."""
        self.ax.set_xlim(0, last * 1.02)
        self.ax.xaxis.set_major_locator(FixedLocator(ticks))
        self.ax.xaxis.set_major_formatter(FuncFormatter(_day))
        self.ax.set_xlabel(label, fontsize=TEXT, color=INK, labelpad=1)

    def table(self, head: str, names: list[str], days: list[int], rows: list[list[str]]) -> None:
        """Write numbers beneath the days of the x axis, a row a group, in the room that was claimed (`table_height`)."""
        down = 0.0
        self._below(head, (0, 1), "head", down, ha="left", color=GREY)
        # Numbers that would run into the next are left out.
        room = self.width / (self.ax.get_xlim()[1] or 1.0)
        for name, row in zip(names, rows, strict=True):
            down += _LINE
            self._below(name, (0, 1), "name", down, ha="right", color=INK, left=-12.0)
            end = -1e9
            for day, text in zip(days, row, strict=True):
                half = text_width(text, SMALL) / 2
                if day * room - half > end:
                    self._below(text, (day, 0), "at risk", down, ha="center", color=INK)
                    end = day * room + half + 3

    def _below(
        self, text: str, at: tuple[float, float], gid: str, down: float, *, ha: str, color: str, left: float = 0.0
    ) -> None:
        coords: Any = ("axes fraction", "axes fraction") if at[1] else ("data", "axes fraction")
        self.ax.annotate(
            text, (at[0], 0), (left, -_UNDER - down), xycoords=coords, textcoords="offset points", ha=ha, va="top",
            fontsize=SMALL, color=color, annotation_clip=False, parse_math=False, gid=gid,
        )  # fmt: skip
