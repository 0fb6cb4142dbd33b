"""The keys: what each mark means, for the marks that a picture has."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from casualtystats.plots.style import (
    BAND,
    COLOURS,
    DOTS,
    DOWN_SIGN,
    GAP,
    GREY,
    INK,
    POSSIBLE,
    SAMPLING,
    UNKNOWN,
    UP_SIGN,
    lighter,
    style_for,
)

__all__ = ["box_key", "flow_key", "lane_key", "ledger_key", "line_key", "open_key", "published_key", "rate_key"]

_FUZZY: Final = "possible days: date not exactly known"
_OPEN: Final = "no upper bound known"
_UNBOUNDED: Final = "reported, but not bounded (not zero)"


def line_key(label: str, colour: str, **look: Any) -> Line2D:
    """A line or a marker, with its meaning."""
    # A line of no length: only its look is shown. A marker without a line needs linestyle="none".
    return Line2D([], [], label=label, color=colour, **look)


def box_key(label: str, face: str, edge: str = "none", **look: Any) -> Patch:
    """A filled box, with its meaning."""
    look.setdefault("linewidth", 0)
    return Patch(label=label, facecolor=face, edgecolor=edge, **look)


def open_key(label: str = _OPEN, *, hollow: bool = False, down: bool = False) -> Line2D:
    """An arrow, with its meaning."""
    return line_key(
        label,
        INK,
        marker=DOWN_SIGN if down else UP_SIGN,
        markersize=9,
        markerfacecolor="white" if hollow else INK,
        markeredgewidth=0.7 if hollow else 0,
        linestyle="none",
    )


def lane_key(rows: list[dict[str, Any]], *, tail: bool) -> list[Any]:
    """The key of lanes."""
    kinds = {row["kind"] for row in rows}
    fuzzy = any(row["start"] != row["start_latest"] or row["end"] != row["end_earliest"] for row in rows)
    key: list[Any] = []
    if "flow" in kinds and len(kinds) > 1:
        key.append(line_key("new in the period", GREY, linewidth=6, solid_capstyle="butt"))
    if "cumulative" in kinds:
        key.append(line_key("running total", GREY, linewidth=2.5, marker="|", markersize=7))
    if "stock" in kinds:
        key.append(line_key("on one date", GREY, marker="D", markersize=5, linestyle="none"))
    if fuzzy:
        key.append(box_key(_FUZZY, lighter(GREY, 0.8), GREY, hatch=POSSIBLE))
    if any(row["open_top"] for row in rows):
        key.append(open_key())
    if any(row["open_bottom"] for row in rows):
        key.append(open_key("upper bound only", down=True))
    if tail and kinds != {"stock"}:
        key.append(box_key("not known whether restored", "white", BAND, hatch=UNKNOWN))
    return key


def flow_key(bars: pl.DataFrame) -> list[Any]:
    """The key of the bars of a flow (columns of `flow_bars`)."""
    colour, pale = COLOURS[0], lighter(COLOURS[0], 0.82)
    state, top = set(bars["state"]), set(bars["top"])
    value, floor = pl.col("state") == "value", pl.col("state") == "floor"
    fuzzy = (pl.col("start_latest") != pl.col("period_start")) | (pl.col("end_earliest") != pl.col("period_end"))
    key: list[Any] = []
    if _any(bars, value & ~pl.col("allocated") & (pl.col("height") > 0)) and len(state | top) > 2:
        key.append(box_key("as reported", colour, colour))
    if _any(bars, value & pl.col("allocated")):
        key.append(box_key("derived: a report spread over its days", pale, colour, linewidth=1))
    if _any(bars, floor & (pl.col("height") > 0)):
        key.append(box_key("at least", lighter(colour), colour, linewidth=0.8, linestyle="--"))
    if _any(bars, fuzzy):
        key.append(box_key(_FUZZY, pale, colour, hatch=POSSIBLE))
    if _any(bars, pl.col("partial")):
        key.append(box_key("a part only has a report", pale, lighter(colour, 0.2), hatch=DOTS))
    if "band" in top:
        key.append(box_key("what the reports allow", BAND, INK, linewidth=0.5, alpha=0.3))
    if "open" in top:
        key.append(open_key())
    if "beyond" in top:
        key.append(open_key("upper bound above the picture", hollow=True))
    if _any(bars, floor & (pl.col("height") == 0)):
        key.append(line_key("lower bound of 0", colour, linewidth=2.4, linestyle=(0, (1.5, 1))))
    if "unbounded" in state:
        key.append(box_key(_UNBOUNDED, lighter(colour, 0.93), lighter(colour), hatch=".."))
    if "none reported" in state:
        key.append(line_key("none reported", colour, linewidth=2.4))
    if "no report" in state:
        key.append(box_key("no report (not zero)", GAP))
    return key


def ledger_key(lanes: pl.DataFrame, cells: pl.DataFrame) -> list[Any]:
    """The key of a ledger: its lanes, and the band below (columns of `LedgerPicture`)."""
    rows = lanes.to_dicts()
    state = set(cells["state"])
    key = [handle for handle in lane_key(rows, tail=False) if "floor" not in state or handle.get_label() != _OPEN]
    if lanes["left_out"].any():
        key.append(box_key("left out by the rule", "white", GREY, linewidth=0.9, linestyle=(0, (2, 1.5))))
    dashed = {sign["dashed"] for row in rows for sign in row["signs"]}
    if False in dashed:
        key.append(box_key("can not all be true (same number: one group)", "white", INK, linewidth=0.8))
    if True in dashed:
        look: dict[str, Any] = {"linewidth": 0.8, "linestyle": (0, (1.6, 1.1))}
        key.append(box_key('in tension: rests on how "about" is read', "white", INK, **look))
    if state & {"band", "exact"}:
        key.append(box_key("what the reports allow", BAND, INK, linewidth=0.5, alpha=0.3))
    if "floor" in state:
        key.append(line_key("at least", INK, linewidth=1.2, linestyle=(0, (3, 2))))
        key.append(open_key())
    if cells["beyond"].any():
        key.append(open_key("upper bound above the picture", hollow=True))
    if "unbounded" in state:
        key.append(
            box_key("not bounded by any report (not zero)", lighter(COLOURS[0], 0.93), lighter(COLOURS[0]), hatch="..")
        )
    return key


def rate_key(marks: pl.DataFrame, names: list[str], top: float) -> list[Any]:
    """The key of rates (columns of `rate_marks`) on an axis that ends at `top`."""
    split = len(names) > 1
    key: list[Any] = []
    for at, name in enumerate(names if split else []):
        colour, marker, _ = style_for(at)
        key.append(line_key(name, colour, marker=marker, markersize=5.5, linestyle="none"))
    colour = GREY if split else COLOURS[0]
    value, floor = pl.col("state") == "value", pl.col("state") == "floor"
    derived = pl.col("allocated") | pl.col("partial")
    point: dict[str, Any] = {"marker": "o", "markersize": 5.5}
    if _any(marks, value & ~derived):
        key.append(line_key("rate over its period", colour, linewidth=1, **point))
    if _any(marks, value & derived):
        hollow = point | {"markerfacecolor": "white", "linestyle": "none"}
        key.append(line_key("derived, or a part only has a report", colour, **hollow))
    if _any(marks, floor & (pl.col("rate_low") > 0)):
        key.append(line_key("at least", colour, linewidth=1, **point, markerfacecolor="white"))
    if _any(marks, floor & (pl.col("rate_low") == 0)):
        key.append(box_key(_UNBOUNDED, lighter(colour, 0.93), lighter(colour), hatch=".."))
    if _any(marks, pl.col("rate_high") > pl.col("rate_low")):
        key.append(box_key("source range", lighter(colour, 0.55)))
    levels = marks.filter(pl.col("ci_low").is_not_null())["level"].unique().sort().to_list()
    if levels:
        share = " and ".join(f"{100 * level:.10g} %" for level in levels)
        key.append(line_key(f"sampling interval ({share})", INK, linewidth=SAMPLING, marker="|", markersize=6))
    if _any(marks, (pl.col("rate_high") > top) & ~pl.col("ci_open")):
        key.append(open_key("source range goes on above", hollow=True))
    if _any(marks, pl.col("open_top") | pl.col("ci_open")):
        key.append(open_key())
    if _any(marks, pl.col("state") == "no report"):
        key.append(box_key("no report (not zero)", GAP) if not split else box_key("no report: left out", "none"))
    return key


def published_key(points: pl.DataFrame) -> list[Any]:
    """The key of what stands beside published numbers (columns of `revision_points`)."""
    key: list[Any] = []
    if _any(points, pl.col("low") < pl.col("high")):
        key.append(line_key("from lower to upper bound", GREY, linewidth=4, alpha=0.35, solid_capstyle="butt"))
    if _any(points, pl.col("date_earliest") < pl.col("date")):
        key.append(line_key("possible days of publication", GREY, linewidth=0.8, marker="|", markersize=4))
    return key


def _any(frame: pl.DataFrame, condition: pl.Expr) -> bool:
    return not frame.filter(condition).is_empty()
