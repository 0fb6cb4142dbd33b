"""A time to restoration as curves of steps, boxes where mass may lie, and numbers at risk; and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from casualtystats.errors import MeasureError, NoReportsError, OptionError
from casualtystats.rates.restoration import Restoration

__all__ = ["MOST_GROUPS", "Box", "Curve", "RestorationPicture", "Show", "restoration_alt", "restoration_picture"]

Show = Literal["still out", "restored"]
MOST_GROUPS: Final = 4
_NONE: Final = 1e-9
_TOLD: Final = 4
# Notes about numbers that a picture does not show.
_BESIDE: Final = ("restricted mean", "no other distribution")


@dataclass(frozen=True)
class Box:
    """Days in which a curve falls (or rises) somewhere, it is not known where; `last` None = or later, or never."""

    first: float
    last: float | None
    before: float
    after: float


@dataclass(frozen=True)
class Curve:
    """A curve of one group.

    Parameters
    ----------
    group, what : str
        The group ("" = not split), and what is shown: "still out", "restored" or "destroyed".
    days, shares : tuple of float
        From day `days[i]` on, the share is `shares[i]`.
    low, high : tuple of float or None
        Interval at each; None = there is none.
    ticks : tuple of (float, float)
        Days on which outages were censored, with the share there.
    boxes : tuple of Box
        Of Turnbull's estimate.
    end : float
        Last day under observation.
    median : float or None
        Days, where it is reached and known.
    """

    group: str
    what: str
    days: tuple[float, ...]
    shares: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    ticks: tuple[tuple[float, float], ...]
    boxes: tuple[Box, ...]
    end: float
    median: float | None

    def at(self, day: float) -> float:
        """The share after a day."""
        return [share for at, share in zip(self.days, self.shares, strict=True) if at <= day][-1]


@dataclass(frozen=True)
class RestorationPicture:
    """What a picture of a time to restoration shows.

    Parameters
    ----------
    curves : tuple of Curve
        In the order of the groups; that of destroyed facilities after that of restored ones.
    groups : tuple of str
        The groups.
    show : str
        "still out" or "restored".
    label, sentence, source : str
        Of the y axis, over and under the picture.
    """

    curves: tuple[Curve, ...]
    groups: tuple[str, ...]
    show: Show
    label: str
    sentence: str
    source: str

    @property
    def last(self) -> float:
        """The last day to be seen."""
        return max(1.0, *(curve.end for curve in self.curves))


def restoration_picture(result: Restoration, *, show: Show | None = None) -> RestorationPicture:
    """The curves of a time to restoration.

    Parameters
    ----------
    result, show
        As in `plots.restoration`.

    Raises
    ------
    MeasureError, NoReportsError, OptionError
        As in `plots.restoration`.
    """
    if not isinstance(result, Restoration):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(
            f"expected a time to restoration (cs.time_to_restoration), got {type(result).__name__}; availability: "
            "plots.availability(result)"
        )
    if show not in (None, "still out", "restored"):
        raise OptionError(f"expected show= 'still out' or 'restored', got {show!r}")
    names = ["" if group is None else group for group in result.groups]
    if not names:
        raise NoReportsError("expected outages, got none: there is no curve to draw")
    if len(names) > MOST_GROUPS:
        raise OptionError(
            f"expected at most {MOST_GROUPS} groups, got {len(names)}: more curves could not be told apart; draw some of "
            "them, each on axes of its own (ax=), or take fewer groups (by=)"
        )
    seen: Show = show or ("restored" if result.method == "cumulative_incidence" else "still out")
    curves: list[Curve] = []
    for group in result.groups:
        curves.append(_curve(result, group, seen))
        if seen == "restored" and len(names) == 1 and result.method == "cumulative_incidence":
            curves.append(_curve(result, group, "destroyed"))
    what = "still out of service" if seen == "still out" else "restored"
    part = " (or to part of it)" if result.to == "partial" else ""
    notes = [_sentence(note, names) for note in result.notes if not any(words in note for words in _BESIDE)]
    line = ". ".join(["Days out count the first and the last day", *notes])
    label = f"share of outages {what}{part}" if len(curves) == len(names) else "share of outages, by how they ended"
    text = str(result)
    sentence = text if names[0] else text[:1].upper() + text[1:]
    return RestorationPicture(tuple(curves), tuple(names), seen, label, sentence, line)


def _sentence(note: str, groups: list[str]) -> str:
    """A note as a sentence; names of groups stay as they are."""
    named = any(group and note.startswith(group) for group in groups)
    return (note if named else note[:1].upper() + note[1:]).rstrip(".")


_COLUMNS: Final = {
    "still out": ("still_out", "ci_low", "ci_high"),
    "restored": ("share_restored", "share_restored_ci_low", "share_restored_ci_high"),
    "destroyed": ("share_destroyed", "share_destroyed_ci_low", "share_destroyed_ci_high"),
}


def _curve(result: Restoration, group: str | None, what: str) -> Curve:
    """One curve: it starts at day 0, and ends on the last day under observation."""
    part = result.frame.filter(pl.col("group").eq_missing(pl.lit(group, pl.String)))
    data = result.data.filter(pl.col("group").eq_missing(pl.lit(group, pl.String)))
    rows = part.to_dicts()
    value, low, high = _COLUMNS[what]
    start = 1.0 if what == "still out" else 0.0
    known: list[float] = [
        *data["time_low"].drop_nulls(), *(x for x in data["time_high"].drop_nulls() if x < float("inf")),
        *part["day"].drop_nulls(), *part["day_from"].drop_nulls(),
    ]  # fmt: skip
    steps: list[tuple[float, float, float | None, float | None]] = [(0.0, start, None, None)]
    boxes: list[Box] = []
    for row in rows:
        mass = row["mass"]
        if result.method == "turnbull" and mass is not None:
            after = steps[-1][1] + (-mass if what == "still out" else mass)
            after = after if _NONE < after < 1 - _NONE else float(round(after))
            if mass > _NONE and (row["day"] is None or row["day"] > row["day_from"]):
                boxes.append(Box(row["day_from"], row["day"], steps[-1][1], after))
            if row["day"] is not None:
                steps.append((row["day"], after, None, None))
        elif row[value] is not None and row["day"] is not None:
            steps.append((row["day"], row[value], row[low], row[high]))
    # Of rows for day 0 the last one counts.
    steps = [one for one, after in zip(steps, [*steps[1:], None], strict=True) if after is None or after[0] != one[0]]
    days, shares, lows, highs = (tuple(column) for column in zip(*steps, strict=True))
    summary = result.summary.filter(pl.col("group").eq_missing(pl.lit(group, pl.String))).row(0, named=True)
    found = Curve("" if group is None else group, what, days, shares, lows, highs, (), tuple(boxes), max(known), None)
    ticks: list[tuple[float, float]] = []
    if result.method != "turnbull" and what != "destroyed":
        gone = data.filter(pl.col("event") == "censored")["time_low"].unique().sort().to_list()
        ticks = [(day, found.at(day)) for day in gone]
    median = summary["median"] if what == "still out" else None
    return Curve(found.group, what, days, shares, lows, highs, tuple(ticks), found.boxes, found.end, median)


def restoration_alt(result: Restoration, *, show: Show | None = None) -> str:
    """The curves in sentences: the result, and the shares on some days.

    Parameters
    ----------
    result, show
        As in `plots.restoration`; so are the errors.
    """
    picture = restoration_picture(result, show=show)
    told: list[str] = []
    for curve in picture.curves:
        days = sorted({max(1, round(curve.end * part / _TOLD)) for part in range(1, _TOLD + 1)})
        name = ", ".join(part for part in (curve.group, curve.what) if part)
        unsure = [day for day in days if any(_inside(box, day) for box in curve.boxes)]
        values = [f"{100 * curve.at(day):.0f} % on day {day:,}" for day in days if day not in unsure]
        told.append(f"{name}: {', '.join(values) or 'not known on round days'}")
    what = (
        "Steps of" if not any(curve.boxes for curve in picture.curves) else "Steps, with boxes where they may lie, of"
    )
    return f"{what} the {picture.label} by days since the outage began. {picture.sentence}. {'; '.join(told)}."


def _inside(box: Box, day: float) -> bool:
    return box.first <= day and (box.last is None or day < box.last)


def risk_rows(result: Restoration, days: list[int]) -> list[list[str]]:
    """Numbers at risk on some days, a row a group: a number, or its bounds where ends are not exactly known."""
    rows: list[dict[str, Any]] = result.at_risk(days).to_dicts()
    cells: dict[tuple[str | None, float], str] = {}
    for row in rows:
        low, high = row["at_risk_low"], row["at_risk_high"]
        exact = row["at_risk"] if row["at_risk"] is not None else low if low == high else None
        cells[row["group"], row["day"]] = f"{exact:,}" if exact is not None else f"{low:,}\N{EN DASH}{high:,}"
    return [[cells[group, float(day)] for day in days] for group in result.groups]
