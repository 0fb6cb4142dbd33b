"""Figures without pyplot: size, margins, axes, keys and source lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from casualtystats.errors import OptionError
from casualtystats.plots.dates import use_dates
from casualtystats.plots.files import figure_bytes
from casualtystats.plots.style import FAINT, FONT, GREY, INK, SMALL, TEXT
from casualtystats.plots.text import balanced, text_width, wrap

__all__ = ["Sheet"]

_NARROWEST: Final = 2.5
_WIDEST: Final = 40.0
_EDGE: Final = 5.0
# From the axis to below two lines of date labels.
_BELOW_DATES: Final = 2 * TEXT * 1.25 + 8


class _Shown(Axes):
    """Axes that a notebook shows as a picture: without pyplot nothing else would draw them."""

    def _repr_png_(self) -> bytes:
        return figure_bytes(self, "png")


@dataclass
class Sheet:
    """The axes that a picture is drawn on, and whether the figure is ours, so that margins may be set.

    Parameters
    ----------
    ax : Axes
        Where to draw. Typed loosely: matplotlib's own annotations are partial.
    own : bool
        Whether the figure was made here.
    """

    ax: Any
    own: bool

    @classmethod
    def of(cls, ax: Axes | None, width: float) -> Sheet:
        """A caller's axes, or new ones on a figure of some width in inches.

        Raises
        ------
        OptionError
            If the width is no possible width, or `ax` is no Axes.
        """
        if ax is not None:
            if not isinstance(ax, Axes):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise OptionError(
                    f"expected ax= a matplotlib Axes, got {type(ax).__name__}; leave it out for a new figure"
                )
            return cls(ax, False)
        if not _NARROWEST <= width <= _WIDEST:
            raise OptionError(f"expected width= {_NARROWEST:g} to {_WIDEST:g} inches, got {width!r}")
        figure = Figure(figsize=(width, width), dpi=150, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot(axes_class=_Shown)
        axes.set_position((_EDGE / (72 * width), 0.1, 1 - 4 * _EDGE / (72 * width), 0.8))
        return cls(axes, True)

    @property
    def figure(self) -> Figure:
        """The figure at the root."""
        found = self.ax.get_figure(root=True)
        if not isinstance(found, Figure):  # pragma: no cover
            raise OptionError("expected ax= on a figure, got one that was removed from its figure")
        return found

    @property
    def axes(self) -> Axes:
        """The axes, typed."""
        found: Axes = self.ax
        return found

    @property
    def width(self) -> float:
        """Width of the axes in points."""
        return float(self.ax.get_position().width * self.figure.get_figwidth() * 72)

    @property
    def height(self) -> float:
        """Height of the axes in points."""
        return float(self.ax.get_position().height * self.figure.get_figheight() * 72)

    def dress(self, grid: bool = True) -> None:
        """Thin lines on two sides, small labels, and light rules behind the data."""
        self.ax.spines[["top", "right"]].set_visible(False)
        self.ax.set_axisbelow(True)
        fonts: dict[str, Any] = {"labelfontfamily": FONT} if self.own else {}
        self.ax.tick_params(labelsize=TEXT, labelcolor=INK, width=0.6, length=3, color=GREY, **fonts)
        if grid:
            self.ax.grid(visible=True, axis="y", color=FAINT, linewidth=0.6)

    def side_margins(self, left: float, right: float) -> None:
        """Set the margins beside the axes, in points, on a figure of our own."""
        if self.own:
            box, points = self.ax.get_position(), self.figure.get_figwidth() * 72
            self.ax.set_position((left / points, box.y0, 1 - (left + right) / points, box.height))

    def scale(self, label: str, top: float, first: date, last: date, *, whole: bool = False) -> float:
        """Set both axes, and the margins beside them; the height of the axes in points.

        Parameters
        ----------
        label : str
            What the y axis counts, with its unit.
        top : float
            The highest value to be seen; the axis starts at 0.
        first, last : date
            The days to be seen.
        whole : bool, default False
            Whether values are whole numbers.
        """
        body = min(max(0.5 * self.figure.get_figwidth() * 72, 130.0), 220.0) if self.own else self.height
        top = top or 1.0
        locator = MaxNLocator(nbins=max(2, min(7, int(body / 26))), integer=whole, steps=[1, 2, 2.5, 5, 10])
        self.ax.yaxis.set_major_locator(locator)
        self.ax.yaxis.set_major_formatter(FuncFormatter(_tick))
        self.ax.set_ylim(0, top)
        lines = balanced(label, body)
        self.ax.set_ylabel("\n".join(lines), fontsize=TEXT, color=INK, labelpad=4)
        shown = [value for value in locator.tick_values(0, top) if 0 <= value <= top]
        widest = max(text_width(_number(value)) for value in shown)
        self.side_margins(widest + 12 + len(lines) * TEXT * 1.25 + _EDGE, 4 * _EDGE)
        use_dates(self.ax, first, last)
        return body

    def settle(self, body: float, above: float, source: str, title: str | None, key: list[Any]) -> None:
        """Add key, title and source line; on a figure of our own, make it as high as all of it needs.

        Parameters
        ----------
        body : float
            Height of the axes, in points.
        above : float
            Points above the axes that labels take.
        source : str
            The line under the picture.
        title : str or None
            A short noun.
        key : list
            Handles with labels.
        """
        gap = above + 4
        if key:
            gap += self._key(key, gap, body if self.own else self.height) + 2
        if title:
            self.ax.set_title(title, loc="left", fontsize=TEXT + 1, pad=gap, color=INK)
            gap += (TEXT + 1) * 1.5
        lines = wrap(source, self.width, SMALL)
        self.ax.annotate(
            "\n".join(lines),
            (0, 0),
            (0, -_BELOW_DATES),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            color=GREY,
            va="top",
            annotation_clip=False,
            gid="source",
        )
        if self.own:
            below = _BELOW_DATES + len(lines) * SMALL * 1.35 + _EDGE
            total = gap + _EDGE + body + below
            self.figure.set_figheight(total / 72)
            box = self.ax.get_position()
            self.ax.set_position((box.x0, below / total, box.width, body / total))

    def _key(self, key: list[Any], above: float, body: float) -> float:
        """Put a key over the axes in as many columns as fit; its height in points."""
        rows = [wrap(str(handle.get_label()), self.width - 24, SMALL) for handle in key]
        labels = ["\n".join(lines) for lines in rows]
        widest = max(text_width(line, SMALL) for lines in rows for line in lines)
        columns = max(1, min(len(key), int((self.width + 10) / (widest + 36))))
        self.ax.legend(
            handles=key, labels=labels, loc="lower left", bbox_to_anchor=(0, 1 + above / body), ncols=columns,
            fontsize=SMALL, frameon=False, borderpad=0, borderaxespad=0, handlelength=2.0, handleheight=1.0,
            handletextpad=0.6, labelspacing=0.3, columnspacing=1.2, labelcolor=INK,
        )  # fmt: skip
        # Columns are filled one after the other, the first ones with what is left over.
        sizes = [len(key) // columns + (at < len(key) % columns) for at in range(columns)]
        ends = [sum(sizes[: at + 1]) for at in range(columns)]
        deep = [
            sum(len(lines) * 1.2 + 0.35 for lines in rows[end - size : end])
            for size, end in zip(sizes, ends, strict=True)
        ]
        return SMALL * max(deep) + 2


def _number(value: float) -> str:
    """A number on an axis.

    Examples
    --------
    >>> _number(16000.0), _number(0.1 + 0.2)
    ('16,000', '0.3')
    """
    return f"{value:,.10g}"


def _tick(value: float, _: int | None = None) -> str:
    return _number(value)
