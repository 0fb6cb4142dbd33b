"""The cells, margins and total of a matrix of moves: bounds of each, and which reports state it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from casualtystats.ledger.solve.system import Span
from casualtystats.ledger.statements import Statement
from casualtystats.periods import Period
from casualtystats.series.movements.axes import ALL, ELSEWHERE, Axis
from casualtystats.series.movements.pairs import Pair, PairLedger

__all__ = ["SCHEMA", "cells_of"]

SCHEMA = {
    "origin": pl.String, "destination": pl.String, "low": pl.Int64, "best": pl.Int64, "high": pl.Int64,
    "kind": pl.String, "reports": pl.String,
}  # fmt: skip


def cells_of(ledger: PairLedger, rows: Axis, columns: Axis, period: Period) -> pl.DataFrame:
    """One row a cell, in the order of the axes; margins and total after the cells of their row.

    Parameters
    ----------
    ledger : PairLedger
        What the reports say together.
    rows, columns : Axis
        Places left, and places of arrival.
    period : Period
        The days.

    Returns
    -------
    pl.DataFrame
        Columns as in `FlowMatrix.to_frame`.
    """
    whole: Pair = (rows.whole, columns.whole)
    named = [(a, b) for a in rows.places for b in columns.places]
    margins: list[Pair] = [
        *((a, columns.whole) for a in rows.places),
        *((rows.whole, b) for b in columns.places),
        whole,
    ]
    spans: dict[Pair, Span] = dict(zip([*named, *margins], ledger.pair_spans([*named, *margins], period), strict=True))
    table: list[tuple[str, str, int, int | None, int | None, str, str]] = []

    def add(origin: str, destination: str, span: Span, pair: Pair | None) -> None:
        stated = [] if pair is None else ledger.stating(pair, period)
        best = span[0] if span[0] == span[1] else _best(stated, span)
        ids = "; ".join(name for one in stated for name in one.ids)
        table.append((origin, destination, span[0], best, span[1], "stated" if stated else "bounded", ids))

    no_more = _nothing(ledger, whole, [(rows.whole, b) for b in columns.places])
    none_else = _nothing(ledger, whole, [(a, columns.whole) for a in rows.places])
    for a in rows.places:
        for b in columns.places:
            add(a, b, spans[a, b], (a, b))
        if not no_more:
            pair: Pair = (a, columns.whole)
            rest = ledger.region(pair, [(a, b) for b in columns.places])
            add(a, ELSEWHERE, ledger.region_span(pair, rest, period), None)
        add(a, ALL, spans[a, columns.whole], (a, columns.whole))
    if not none_else:
        for b in columns.places:
            pair = (rows.whole, b)
            rest = ledger.region(pair, [(a, b) for a in rows.places])
            add(ELSEWHERE, b, ledger.region_span(pair, rest, period), None)
        if not no_more:
            others: list[Pair] = [
                *((a, columns.whole) for a in rows.places),
                *((rows.whole, b) for b in columns.places),
            ]
            add(ELSEWHERE, ELSEWHERE, ledger.region_span(whole, ledger.region(whole, others), period), None)
        rest = ledger.region(whole, [(a, columns.whole) for a in rows.places])
        add(ELSEWHERE, ALL, ledger.region_span(whole, rest, period), None)
    for b in columns.places:
        add(ALL, b, spans[rows.whole, b], (rows.whole, b))
    if not no_more:
        rest = ledger.region(whole, [(rows.whole, b) for b in columns.places])
        add(ALL, ELSEWHERE, ledger.region_span(whole, rest, period), None)
    add(ALL, ALL, spans[whole], whole)
    return pl.DataFrame(table, schema=SCHEMA, orient="row")


def _nothing(ledger: PairLedger, whole: Pair, parts: Sequence[Pair]) -> bool:
    """Whether parts make up the whole, so that there is no elsewhere."""
    rest = ledger.region(whole, parts)
    return not (rest.whole or rest.cut or rest.outside)


def _best(stated: Sequence[Statement], span: Span) -> int | None:
    """The best value of the one report that states a cell, where the others allow it."""
    if len(stated) != 1:
        return None
    best: int | None = stated[0].row["best"]
    allowed = best is not None and span[0] <= best and (span[1] is None or best <= span[1])
    return best if allowed else None
