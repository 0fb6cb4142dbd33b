"""The builder of accounts of displacement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from casualtystats.errors import TooFewReportsError
from casualtystats.series.accounts.account import DisplacementAccount
from casualtystats.series.accounts.flows import Flow, Stated
from casualtystats.series.accounts.given import Given, given_term
from casualtystats.series.accounts.points import neighbours, ordered_pairs, parts_of, points_of
from casualtystats.series.accounts.scope import Scope
from casualtystats.series.accounts.words import NOUNS, TermName
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.series.stock import StockSeries
from casualtystats.vocabulary import InternallyDisplaced

__all__ = ["displacement_account"]


def displacement_account(
    stocks: StockSeries[InternallyDisplaced], *, displaced: Given = None, onward: Given = None, returned: Given = None,
    settled: Given = None, births: Given = None, deaths: Given = None, arrivals: Given = None,
) -> DisplacementAccount:  # fmt: skip
    """Flow and stock of displacement in one account, checked over every stretch between two stocks.

    stock(t2) = stock(t1) + displaced - onward - returned - settled or left + births - deaths + net arrivals, with flows
    over the days after t1 up to and with t2.

    Parameters
    ----------
    stocks : StockSeries
        Displaced people of one place on dates, in people, as made by `idps`.
    displaced : FlowSeries, number, text, Estimate or mapping, optional
        Displacements, first and renewed. Every term may be a series; a number for the one stretch; a mapping of stretch to
        number, a stretch being its number from 0 or the dates of its two stocks ("2019-03-31/2019-06-30"); 0, which states
        that there were none; or None: not given, so unknown. Numbers with fractions are widened to whole people.
    onward : optional
        Onward moves that `displaced` holds: of people who were displaced already. They change places, not the total. Not
        given: from none to all of `displaced`.
    returned, settled : optional
        People who returned; who settled, or left the place.
    births, deaths : optional
        Among the displaced. A series of violent deaths alone is a lower bound.
    arrivals : optional
        Arrivals from outside less departures that no other term counts; of any sign, as numbers.

    Returns
    -------
    DisplacementAccount
        `.stretches()`, `.bounds_of(term)`, `.missing()`, `.contradictions()`, `.check()`.

    Raises
    ------
    MeasureError, MixedUnitsError, KindError
        If a series counts something else, other people, or households.
    TooFewReportsError
        If there are not two stocks in a known order.
    ContradictionError
        If there are more onward moves than moves, or the parts of a stretch do not add up to the number stated for it.
    OptionError
        If stocks are split or of other places on other dates, or a number belongs to no stretch.

    Notes
    -----
    A series says of a stretch: at least what reports surely inside it count (movements add up; of people the largest count,
    for the same person may be displaced again); at most the sum of all that touch it, and nothing where a day is not
    covered by a report about the whole. Where the date of a stock is known to a month only, lows are of days that surely
    lie between, highs of all that may. Best values are never allocated: there is one where no report is cut.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.series.accounts import displacement_account
    >>> row = {"unit": "people", "place": "Syria/Idlib", "source": "OCHA"}
    >>> reports = cs.read_reports(pl.DataFrame([
    ...     row | {"report_id": "s1", "measure": "idps", "kind": "stock", "value": 250_000, "start": "2019-03-31"},
    ...     row | {"report_id": "s2", "measure": "idps", "kind": "stock", "value": 300_000, "start": "2019-06-30"},
    ...     row | {"report_id": "d", "measure": "displaced", "kind": "flow", "value": 80_000, "start": "2019-04-01",
    ...            "end": "2019-06-30"},
    ... ]))
    >>> account = displacement_account(
    ...     cs.idps(reports), displaced=cs.displacement(reports), onward=0, settled=0, births=0, deaths=0, arrivals=0
    ... )
    >>> str(account.bounds_of("returned"))
    '30,000'
    """
    points = points_of(stocks)
    pairs = neighbours(points)
    if not pairs:
        raise TooFewReportsError(
            f"expected two stocks in a known order, got {' and '.join(point.name for point in points)}, of which each may be "
            "the earlier one"
        )
    values: dict[TermName, Given] = {
        "displaced": displaced, "onward": onward, "returned": returned, "settled": settled, "births": births,
        "deaths": deaths, "arrivals": arrivals,
    }  # fmt: skip
    places, ordered = stocks.reports.places, ordered_pairs(points)
    scope = Scope(stocks.info, places, parts_of(stocks, points))
    given: dict[TermName, Flow | Stated | None] = {}
    notes: list[str] = [] if stocks.info.converted is None else [f"stocks: {stocks.info.converted}"]
    for name, value in values.items():
        given[name], told = given_term(name, value, scope, points, pairs, ordered)
        notes += told
    account = DisplacementAccount(stocks.info, places, points, given, tuple(notes), _source_line(stocks.info, values))
    # What contradicts itself within one term is said now.
    _ = account.parts
    return account


def _source_line(info: SeriesInfo, values: Mapping[TermName, Given]) -> str:
    """The sources of stocks and series together; that some numbers were stated by the caller is said."""
    series = [value.info for value in values.values() if isinstance(value, FlowSeries)]
    names = sorted({name for known in [info, *series] for name in known.sources})
    line = replace(info, sources=tuple(names)).source_line
    stated = [NOUNS[name] for name, value in values.items() if value is not None and not isinstance(value, FlowSeries)]
    return f"{line}; as stated for this account: {', '.join(stated)}" if stated else line
