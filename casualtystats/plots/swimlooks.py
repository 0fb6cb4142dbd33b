"""How each status looks on a lane, and the key that says so."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.path import Path

from casualtystats.plots.data.swimlanes import SwimlanesPicture
from casualtystats.plots.keys import box_key, line_key
from casualtystats.plots.style import BAND, COLOURS, INK, POSSIBLE, UNKNOWN, lighter

__all__ = ["BLUE", "LOOKS", "STILL", "swimlane_key"]

BLUE: Final = COLOURS[0]
# An arrow head that starts at its point.
STILL: Final = Path([(0, -0.7), (1, 0), (0, 0.7), (0, -0.7)], closed=True)
# Face, edge and hatch of what is sure, and of what is only possible; share of the height of a bar.
LOOKS: Final[dict[tuple[str, bool], tuple[str, str, str | None, float]]] = {
    ("functional", True): (BAND, "none", None, 0.0),
    ("unknown", True): ("#F7F7F7", BAND, UNKNOWN, 0.6),
    ("unknown", False): ("#F7F7F7", BAND, UNKNOWN, 0.6),
    ("partial", True): (lighter(BLUE, 0.5), "none", None, 0.5),
    ("partial", False): ("white", lighter(BLUE, 0.3), POSSIBLE, 0.5),
    ("non_functional", True): (BLUE, "none", None, 1.0),
    ("non_functional", False): ("white", BLUE, POSSIBLE, 1.0),
    ("destroyed", True): (INK, "none", None, 1.0),
    ("destroyed", False): ("white", INK, POSSIBLE, 1.0),
}
_WORDS: Final = {
    ("non_functional", True): "out of service",
    ("destroyed", True): "destroyed",
    ("partial", True): "partly functional",
    ("functional", True): "functional",
}


def swimlane_key(picture: SwimlanesPicture) -> list[Any]:
    """The key of the marks that a picture has."""
    lanes = picture.lanes
    seen = {(one.status, one.sure) for lane in lanes for one in lane.stretches}
    key: list[Any] = [
        box_key(word, LOOKS[look][0]) for look, word in _WORDS.items() if look in seen and look[0] != "functional"
    ]
    if any(lane.kept for lane in lanes):
        key.append(
            line_key("no rebuilding known", INK, marker="|", markersize=8, markeredgewidth=1.1, linestyle="none")
        )
    if ("functional", True) in seen:
        key.append(line_key("functional, observed", BAND, linewidth=0.8))
    if any(status != "unknown" and not sure for status, sure in seen):
        key.append(box_key("change not exactly dated", "white", BLUE, hatch=POSSIBLE))
    if any(status == "unknown" for status, _ in seen):
        key.append(box_key("status not known", "#F7F7F7", BAND, hatch=UNKNOWN))
    if any(lane.still for lane in lanes):
        key.append(
            line_key("still out when last seen", BLUE, marker=STILL, markersize=9, markeredgewidth=0, linestyle="none")
        )
    hits = [hit for lane in lanes for hit in lane.hits] + list(picture.strays)
    ring: dict[str, Any] = {"marker": "o", "markersize": 5, "linestyle": "none", "markerfacecolor": "white"}
    if any(count == 1 for _, _, count in hits):
        key.append(line_key("hit", INK, **ring))
    if any(count > 1 for _, _, count in hits):
        key.append(line_key("two hits or more", INK, **(ring | {"markerfacecolor": INK})))
    if any(first < last for first, last, _ in hits):
        key.append(line_key("hit not exactly dated", INK, linewidth=1, marker="|", markersize=5))
    return key
