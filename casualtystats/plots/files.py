"""Pictures as files that are the same bytes on every run."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from casualtystats.errors import OptionError
from casualtystats.plots.style import house_style

__all__ = ["figure_bytes", "save"]

Format = Literal["svg", "png"]


def figure_bytes(figure: Figure | Axes, format: Format = "svg", dpi: float = 150) -> bytes:  # noqa: A002
    """A picture as the bytes of a file: the same on every run, in every time zone, with any fonts.

    Parameters
    ----------
    figure : Figure or Axes
        What to write.
    format : {"svg", "png"}
        Letters of an SVG are outlines.
    dpi : float, default 150
        Dots per inch of a PNG.

    Raises
    ------
    OptionError
        If the format is not known, or there is no figure.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure_bytes(Figure(figsize=(1, 1)))[:5]
    b'<?xml'
    """
    if format not in ("svg", "png"):
        raise OptionError(f"expected format= 'svg' or 'png', got {format!r}; others: figure.savefig of matplotlib")
    found = figure.get_figure(root=True) if isinstance(figure, Axes) else figure
    if not isinstance(found, Figure):
        raise OptionError(f"expected a matplotlib Figure or Axes, got {type(figure).__name__}")
    metadata: dict[str, Any] = {"Date": None, "Creator": None} if format == "svg" else {"Software": None}
    buffer = BytesIO()
    with house_style():
        # Typed loosely: matplotlib's own annotations are partial.
        picture: Any = found
        picture.savefig(buffer, format=format, dpi=dpi, metadata=metadata, facecolor="white")
    return buffer.getvalue()


def save(figure: Figure | Axes, path: str | Path, dpi: float = 150) -> None:
    """Write a picture to a file that ends in .svg or .png (see `figure_bytes`).

    Raises
    ------
    OptionError
        If the name of the file ends otherwise.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in (".svg", ".png"):
        raise OptionError(f"expected a file name that ends in .svg or .png, got {target.name!r}")
    target.write_bytes(figure_bytes(figure, "svg" if suffix == ".svg" else "png", dpi))
