"""How single reports relate: which count lies inside which, and which can share nobody."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from casualtystats.ledger.keys import DIMENSIONS
from casualtystats.places import Places, Relation
from casualtystats.reports.model import Reports

__all__ = ["relations"]

_SCHEMA: Final = {"report_id": pl.String, "relation": pl.String, "other_id": pl.String, "reason": pl.String}


def relations(reports: Reports | pl.DataFrame, places: Places | None = None) -> pl.DataFrame:
    """How every two reports of one measure and unit relate.

    Parameters
    ----------
    reports : Reports or pl.DataFrame
        Reports, or their frame in the columns of `ReportSchema`. The number of pairs grows with the square of its height.
    places : Places, optional
        With a frame: the zones that the place column may name. Reports bring their own.

    Returns
    -------
    pl.DataFrame
        One row a pair, earlier row first: `report_id, relation, other_id, reason`. The relation is `within`,
        `contains`, `equal`, `overlaps` or `disjoint`: of periods, places, groups, perpetrators and destinations
        together. A report that lies `within` another is counted by it already and never added to it; where fuzzy
        ends leave that open, the relation is `overlaps`. `disjoint` ones count no death, movement or hit twice; the
        same *person* can be displaced in two periods or places, and the same facility hit in two periods. The reason
        names the dimension that decides.
    """
    frame, own = (reports.frame, reports.places) if isinstance(reports, Reports) else (reports, Places())
    table = places if places is not None else own
    rows = frame.to_dicts()
    lines: list[tuple[str, str, str, str]] = []
    for at, a in enumerate(rows):
        for b in rows[at + 1 :]:
            if a["measure"] == b["measure"] and a["unit"] == b["unit"]:
                relation, reason = _relate(a, b, table)
                lines.append((a["report_id"], relation, b["report_id"], reason))
    return pl.DataFrame(lines, schema=_SCHEMA, orient="row")


def _relate(a: dict[str, Any], b: dict[str, Any], places: Places) -> tuple[Relation, str]:
    found: dict[str, Relation] = {"period": _periods(a, b)}
    for name in DIMENSIONS:
        table = places if name in ("place", "destination") else Places()
        found[name] = table.relation(a[name], b[name])
    apart = [name for name, relation in found.items() if relation == "disjoint"]
    if apart:
        return "disjoint", "; ".join(_differ(name, a, b) for name in apart)
    kinds = set(found.values())
    if kinds == {"equal"}:
        return "equal", "same period, place and group"
    wholes: tuple[Relation, Relation] = ("contains", "within")
    for whole in wholes:
        if kinds <= {whole, "equal"}:
            deciding = [name for name, relation in found.items() if relation == whole]
            return whole, f"by {', '.join(deciding)}"
    mixed = [f"{name} {relation}" for name, relation in found.items() if relation != "equal"]
    return "overlaps", ", ".join(mixed)


def _periods(a: dict[str, Any], b: dict[str, Any]) -> Relation:
    first, second = (a["start_earliest"], a["end_latest"]), (b["start_earliest"], b["end_latest"])
    if first == second and _surely_holds(a, b):
        return "equal"
    if first[0] > second[1] or second[0] > first[1]:
        return "disjoint"
    if _surely_holds(a, b):
        return "contains"
    return "within" if _surely_holds(b, a) else "overlaps"


def _surely_holds(whole: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether every feasible period of the part lies in every feasible period of the whole.

    Two ends that are fuzzy in the same way ("since late April", both) are taken for the same day.
    """
    starts, ends = ("start_earliest", "start_latest"), ("end_earliest", "end_latest")
    same_start = all(whole[name] == part[name] for name in starts)
    same_end = all(whole[name] == part[name] for name in ends)
    begins = same_start or whole["start_latest"] <= part["start_earliest"]
    return bool(begins and (same_end or part["end_latest"] <= whole["end_earliest"]))


def _differ(name: str, a: dict[str, Any], b: dict[str, Any]) -> str:
    if name == "period":
        return "they share no day"
    return f"different {name}: {a[name]} and {b[name]}"
