"""How many of a population are displaced on each date: stocks over a population of the same place, group and date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

import polars as pl

from casualtystats.errors import ContradictionError, MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates.displaced_shares import DisplacedShares, Displacees
from casualtystats.rates.people import Population, population_estimate
from casualtystats.series.stock import StockSeries
from casualtystats.vocabulary import InternallyDisplaced
from casualtystats.vocabulary import Population as Inhabitants

__all__ = ["displaced_share", "share_of"]

Ends = tuple[float, float | None, float | None]
_SHARES = ("low", "best", "high")


def displaced_share(
    idps: StockSeries[InternallyDisplaced],
    population: Population | StockSeries[Inhabitants] | Mapping[Any, Population],
    *,
    displaced: Displacees,
) -> DisplacedShares:
    """The share of a population that is displaced on each date with a stock of displaced people.

    With I displaced and P people, each between two bounds: I / P lies between I_low / P_high and I_high / P_low. A
    population without an upper bound leaves a low of 0; displaced people without one leave the high at 1, or open.

    Parameters
    ----------
    idps : StockSeries
        Internally displaced people on dates (`cs.idps`), in people.
    population : number, Estimate, StockSeries, or mapping
        People of the same place and group: one figure for all dates; stocks, of which one is of every date of `idps`; or one
        figure for each part of a split series (a place -> a figure; tuples for several columns).
    displaced : {"included", "added", "apart"}
        "included": the population figure holds the displaced; the share is at most 1. "added": the figure leaves them out;
        the share is I / (I + P). "apart": the figure is of other people (a host community, the people before the
        displacement); I / P is a ratio, and may exceed 1.

    Returns
    -------
    DisplacedShares
        One row a date (and part).

    Raises
    ------
    MeasureError
        If a series does not count displaced people, or inhabitants, in people; or they are of other places or groups.
    OptionError
        If `displaced` is not known, dates do not match, or not every part has a population.
    ContradictionError
        If more people are displaced than a population holds that includes them.

    Notes
    -----
    Bounds are those of the reports: no interval of confidence. Nothing is interpolated between dates.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a"], "measure": "idps", "unit": "people", "kind": "stock", "low": [900_000], "high": [1_100_000],
    ...     "qualifier": "between", "start": "2019-05-31",
    ... }))
    >>> print(displaced_share(cs.idps(reports), 3_000_000, displaced="included"))
    displaced: 30.0 % to 36.7 % of a population that includes the displaced
    """
    if displaced not in get_args(Displacees):
        raise OptionError(f"expected displaced= one of {', '.join(map(repr, get_args(Displacees)))}, got {displaced!r}")
    by = _check_idps(idps)
    people, parts = _stocks(idps, "idps")
    figures = _figures(idps, population, list(people), parts)
    rows: list[tuple[Any, ...]] = []
    for key, count in people.items():
        whole = figures[key]
        where = ", ".join([*(str(part) for part in key[:-2]), f"{key[-2]}"])
        rows.append((*key, *_ends(count), *_ends(whole), *share_of(count, whole, displaced, where)))
    schema: dict[str, Any] = dict.fromkeys(by, pl.String) | {"date_earliest": pl.Date, "date_latest": pl.Date}
    for name in ("idps", "population"):
        schema |= dict.fromkeys((f"{name}_low", f"{name}_best", f"{name}_high"), pl.Float64)
    frame = pl.DataFrame(rows, schema=schema | dict.fromkeys(_SHARES, pl.Float64), orient="row")
    lines = [idps.info.source_line] + ([population.info.source_line] if isinstance(population, StockSeries) else [])
    return DisplacedShares(
        frame.sort(*by, "date_earliest", "date_latest"), by, displaced, "; ".join(dict.fromkeys(lines))
    )


def share_of(count: Estimate, population: Estimate, displaced: Displacees, where: str = "") -> Ends:
    """The bounds of a share, and its best where both figures have one.

    Raises
    ------
    ContradictionError
        If more people are displaced than a population holds that includes them.

    Examples
    --------
    >>> share_of(Estimate(900, None, 1_100), Estimate(1_000, 1_000, 1_000), "included")
    (0.9, None, 1.0)
    >>> share_of(Estimate(900, 900, 900), Estimate(1_000, None, None), "apart")
    (0.0, None, 0.9)
    >>> share_of(Estimate(50, 50, 50), Estimate(150, 150, 150), "added")
    (0.25, 0.25, 0.25)
    """
    i, p = count.widened(), population.widened()
    together = displaced == "added"
    if displaced == "included" and p.high is not None and i.low > p.high:
        raise ContradictionError(
            f"expected at most as many displaced as there are people, got {i} of {p}{f' ({where})' if where else ''}; if the "
            "population does not include the displaced, say displaced='added' or displaced='apart'"
        )
    low = _quotient(i.low, p.high, together) if p.high is not None else 0.0
    best = None if i.best is None or p.best is None else _quotient(i.best, p.best, together)
    high = None if i.high is None else _quotient(i.high, p.low, together)
    if displaced == "apart":
        return low or 0.0, best, high
    return low or 0.0, None if best is None or best > 1 else best, 1.0 if high is None else min(1.0, high)


def _quotient(part: float, other: float, together: bool) -> float | None:
    whole = part + other if together else other
    if whole == 0:
        # Nobody of nobody is no share; somebody of perhaps nobody is not bounded.
        return 0.0 if part == 0 else None
    return part / whole


def _ends(known: Estimate) -> Ends:
    wide = known.widened()
    return (
        float(wide.low),
        None if wide.best is None else float(wide.best),
        None if wide.high is None else float(wide.high),
    )


def _check_idps(idps: object) -> tuple[str, ...]:
    if not isinstance(idps, StockSeries):
        raise MeasureError(f"expected idps= a series of stocks such as cs.idps(...) makes, got {type(idps).__name__}")
    info: Any = idps.info
    if info.measure != "idps" or info.unit != "people":
        raise MeasureError(f"expected idps= internally displaced people, in people; got {info.noun}")
    found: tuple[str, ...] = info.by
    return found


def _stocks(series: StockSeries[Any], name: str) -> tuple[dict[tuple[Any, ...], Estimate], dict[tuple[Any, ...], Any]]:
    """The stock of each part and date, and of which places and groups each part is; the same on every date."""
    by = series.info.by
    about = series.reports.frame.select("report_id", _place="place", _group="group")
    rows = series.to_frame().join(about, on="report_id", how="left", maintain_order="left")
    counts: dict[tuple[Any, ...], Estimate] = {}
    where: dict[tuple[Any, ...], set[tuple[Any, Any]]] = {}
    for row in rows.sort(*by, "date_earliest", "date_latest", "report_id").iter_rows(named=True):
        key = (*(row[column] for column in by), row["date_earliest"], row["date_latest"])
        known = Estimate(row["low"], row["best"], row["high"], unit="people").widened()
        counts[key] = counts[key] + known if key in counts else known
        where.setdefault(key, set()).add((row["_place"], row["_group"]))
    parts: dict[tuple[Any, ...], Any] = {}
    for key, some in where.items():
        if parts.setdefault(key[:-2], some) != some:
            raise OptionError(
                f"expected {name}= of the same places and groups on every date, got other ones on {key[-2]}: the share would "
                "change with what is counted. Select one place=, or build the series with by=['place']"
            )
    return counts, parts


def _figures(
    idps: StockSeries[Any], population: object, keys: list[tuple[Any, ...]], parts: dict[tuple[Any, ...], Any]
) -> dict[tuple[Any, ...], Estimate]:
    """The population of each part and date."""
    by = idps.info.by
    # isinstance alone would leave its contents unknown to a type checker.
    given: Any = population
    if isinstance(population, StockSeries):
        return _matched(idps, given, keys, parts)
    if isinstance(population, Mapping):
        found: dict[tuple[Any, ...], Estimate] = {}
        for key in keys:
            wanted: Any = key[0] if len(by) == 1 else key[:-2]
            if not by or wanted not in given:
                known = (
                    "one figure: the series is not split"
                    if not by
                    else f"a population for every part, none for {wanted!r}"
                )
                raise OptionError(f"expected population= {known}")
            found[key] = population_estimate(given[wanted])
        return found
    if by:
        raise OptionError(
            f"expected population= a figure for each part of a series by {' and '.join(by)}: a mapping such as "
            f"{{{keys[0][0]!r}: number of people, ...}}, or stocks with the same by="
        )
    return dict.fromkeys(keys, population_estimate(given))


def _matched(
    idps: StockSeries[Any], population: StockSeries[Any], keys: list[tuple[Any, ...]], parts: dict[tuple[Any, ...], Any]
) -> dict[tuple[Any, ...], Estimate]:
    info = population.info
    if info.measure != "population" or info.unit != "people":
        raise MeasureError(f"expected population= inhabitants, in people; got {info.noun}")
    if info.by != idps.info.by:
        raise OptionError(f"expected population= with by={list(idps.info.by)} as idps=, got by={list(info.by)}")
    figures, there = _stocks(population, "population")
    for key in keys:
        part = key[:-2]
        if part in there and there[part] != parts[part]:
            raise MeasureError(
                f"expected population= of the places and groups of idps=, {_named(parts[part])}; got {_named(there[part])}"
            )
        if key not in figures:
            days: list[date] = sorted(other[-2] for other in figures if other[:-2] == part)
            known = ", ".join(map(str, days)) or "no date"
            raise OptionError(
                f"expected population= with a stock of {key[-2]}, a date of idps=; there are stocks of {known}. A figure that "
                "holds for all dates is given as a number or an Estimate: population.at(date)"
            )
    return {key: figures[key] for key in keys}


def _named(parts: set[tuple[Any, Any]]) -> str:
    told = sorted(", ".join(value or "all" for value in pair) for pair in parts)
    return "; ".join(told)
