"""Two axes in the place of a caller's one, wherever a layout moves it."""

from __future__ import annotations

from typing import Any

from matplotlib.transforms import Bbox

__all__ = ["divide"]


class _Part:
    """Where a part of a caller's axes stands, wherever a layout moves those axes."""

    def __init__(self, whole: Any, low: float, high: float) -> None:
        self.whole, self.low, self.high = whole, low, high

    def __call__(self, ax: Any, renderer: Any) -> Bbox:
        """The part in fractions of the figure."""
        box = self.whole.get_position(original=True)
        return Bbox.from_extents(box.x0, box.y0 + self.low * box.height, box.x1, box.y0 + self.high * box.height)


def divide(lower: Any, upper: Any, below: float, above: float) -> None:
    """Give the share up to `below` of the place of a caller's axes, `lower`, to it, and that from `above` on to `upper`."""
    for ax, low, high in ((lower, 0.0, below), (upper, above, 1.0)):
        part = _Part(lower, low, high)
        ax.set_axes_locator(part)
        ax.apply_aspect(part(ax, None))
