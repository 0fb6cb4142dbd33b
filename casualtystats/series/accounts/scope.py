"""Whether a series counts the people of an account: all of them, a part, or others.

What a series is about as a whole is not enough: stocks of two provinces, and flows of two others, have one country in
common, and stocks selected with place= may hold a part of that place. So every report is held against the places and
groups of which the stocks are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats.errors import MeasureError
from casualtystats.places import Places, Relation, path_relation
from casualtystats.series.accounts.flows import reports_behind
from casualtystats.series.accounts.words import TermName
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo

__all__ = ["Part", "Scope"]

Part = tuple[str | None, str | None]
# Those who come are counted where they arrive, where that is said; those who go, where they were.
_COMING: Final = frozenset({"displaced", "onward"})
_INSIDE: Final = frozenset({"equal", "within"})
_RECORDED: Final = frozenset({"verified", "documented"})


@dataclass(frozen=True)
class Scope:
    """The people of an account.

    Attributes
    ----------
    info, places : SeriesInfo, Places
        What the stocks are about as a whole.
    parts : tuple of (str or None, str or None)
        Place and group of each stock of a date; the same on every date.
    """

    info: SeriesInfo
    places: Places
    parts: tuple[Part, ...]

    def counts_part(self, name: TermName, series: FlowSeries[Any]) -> bool:
        """Whether a series counts a part only of what a term is, so that it bounds nothing from above.

        Raises
        ------
        MeasureError
            If it counts others too.
        """
        info = series.info
        arriving = name in _COMING and info.destination is not None
        place = info.destination if arriving else info.place
        relations: dict[str, Relation] = {
            "place": self.places.relation(place, self.info.place), "group": path_relation(info.group, self.info.group),
        }  # fmt: skip
        for dimension, relation in relations.items():
            if relation not in _INSIDE:
                raise self._others(name, dimension, place if dimension == "place" else info.group)
        self._check_reports(name, series)
        # Arrivals from some places only; those from everywhere, or from all of what holds the stocks, are whole.
        some = arriving and self.places.relation(info.place, self.info.place) not in ("equal", "contains")
        outside = info.perpetrator is not None or info.measure == "killed" or bool(_RECORDED & set(info.standards))
        return some or outside or "within" in relations.values()

    def _check_reports(self, name: TermName, series: FlowSeries[Any]) -> None:
        for place, group, destination in _keys(series):
            where = destination if name in _COMING and destination is not None else place
            inside = [
                self.places.relation(where, one) in _INSIDE and path_relation(group, other) in _INSIDE
                for one, other in self.parts
            ]
            if not any(inside):
                there = any(self.places.relation(where, one) in _INSIDE for one, _ in self.parts)
                raise self._others(name, "group" if there else "place", group if there else where)
            if name == "settled" and series.info.measure == "displaced":
                self._refuse_inside(destination)

    def _refuse_inside(self, destination: str | None) -> None:
        """Refuse moves that may end where they are still counted: these are onward moves, and nobody has left."""
        if any(self.places.relation(destination, place) != "disjoint" for place, _ in self.parts):
            raise MeasureError(
                f"expected settled= a series of displacements to destinations outside {self._told('place')}, got some to "
                f"{destination or 'destinations that are not stated'}: those who move within it stay displaced there. Keep "
                "reports of other destinations, or give numbers"
            )

    def _others(self, name: TermName, dimension: str, got: str | None) -> MeasureError:
        return MeasureError(
            f"expected {name}= of the {dimension} of the stocks ({self._told(dimension)}), got a series of {got or 'all'}; "
            f"select it with {dimension}=, or give numbers to state that they are of these people"
        )

    def _told(self, dimension: str) -> str:
        at = 0 if dimension == "place" else 1
        return ", ".join(sorted({part[at] or "all" for part in self.parts}))


def _keys(series: FlowSeries[Any]) -> Sequence[tuple[Any, ...]]:
    """Place, group and destination of the reports behind a series, each combination once, in order."""
    known = frozenset(series.reports.frame["report_id"].to_list())
    names = series.intervals.select("report_id").collect()["report_id"].to_list()
    ids = [one for name in names for one in reports_behind(name, known)]
    frame = series.reports.frame.filter(pl.col("report_id").is_in(ids))
    return frame.select("place", "group", "destination").unique().sort("place", "group", "destination").rows()
