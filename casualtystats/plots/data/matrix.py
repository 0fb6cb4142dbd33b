"""A matrix of moves as a heat map: the cells, their shades and the texts in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats.places import split_path
from casualtystats.plots.data.checks import expect
from casualtystats.printing import Rounding, format_count
from casualtystats.series.movements import FlowMatrix
from casualtystats.series.movements.axes import ALL, ELSEWHERE

__all__ = ["MatrixPicture", "flow_matrix_alt", "matrix_picture", "short_count"]

_LISTED: Final = 8
_ELSEWHERE: Final = "elsewhere or not stated"


@dataclass(frozen=True, eq=False)
class MatrixPicture:
    """What the picture of a matrix of moves shows.

    Attributes
    ----------
    cells : pl.DataFrame
        One row a cell: `row`, `column` (from 0; the margin last), `margin`, `state` ("exact", "about", "range", "floor",
        "unbounded"), `stated` (whether a report states it), `low_shade`, `high_shade` (0 to 1, the root of the share of the
        largest count that is seen in a cell; null = a margin, or no upper bound), `texts` (from the longest to the shortest).
    rows, columns : tuple of str
        Names of the places that are left, and of arrival, with the margin.
    unit : str
        What is counted, and when.
    sentence : str
        The result in words.
    source : str
        The source line.
    """

    cells: pl.DataFrame
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str
    sentence: str
    source: str


def matrix_picture(matrix: FlowMatrix) -> MatrixPicture:
    """The cells of a matrix of moves.

    Parameters
    ----------
    matrix : FlowMatrix
        From `flow_matrix`.

    Raises
    ------
    KindError, MeasureError
        If it is no matrix of moves.
    """
    expect(matrix, FlowMatrix, "a matrix of moves (flow_matrix(reports))")
    frame = matrix.to_frame()
    keys = [_order(frame, name) for name in ("origin", "destination")]
    inner = matrix.to_frame(margins=False)
    largest = max([1, *inner["low"].to_list(), *inner["high"].drop_nulls().to_list()])
    cells = [_cell(row, keys, largest) for row in frame.to_dicts()]
    schema: dict[str, Any] = {
        "row": pl.Int64, "column": pl.Int64, "margin": pl.Boolean, "state": pl.String, "stated": pl.Boolean,
        "low_shade": pl.Float64, "high_shade": pl.Float64, "texts": pl.List(pl.String),
    }  # fmt: skip
    rows, columns = (_names(matrix, key) for key in keys)
    each = "" if matrix.additive else " The same people may be in several cells, which do not add up to margins."
    return MatrixPicture(
        pl.DataFrame(cells, schema=schema, orient="row").sort("row", "column"), rows, columns,
        f"{matrix.noun}, {matrix.period}", f"In all {matrix.margin()} {matrix.noun}, {matrix.period}.{each}", matrix.source_line,
    )  # fmt: skip


def flow_matrix_alt(matrix: FlowMatrix) -> str:
    """What the picture of a matrix of moves shows.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.series.movements import flow_matrix
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["all", "stayed"], "measure": "displaced", "unit": "displacements", "kind": "flow",
    ...     "value": [180_000, 164_000], "start": "2019-04-29", "end": "2019-05-09", "place": "Syria/Idlib",
    ...     "destination": [None, "Syria/Idlib"],
    ... }))
    >>> print(flow_matrix_alt(flow_matrix(reports)))  # doctest: +ELLIPSIS
    Heat map of moves from 1 place to 1 place: displacements (movements), 29 April to 9 May 2019. In all at least 180,000...
    """
    picture = matrix_picture(matrix)
    frame = matrix.to_frame(margins=False).filter((pl.col("low") > 0) | pl.col("high").is_not_null())
    ranked = frame.with_columns(at=pl.coalesce("best", "high", "low")).sort(
        "at", "origin", "destination", descending=[True, False, False]
    )
    told = [
        f"{_place(matrix, row['origin'])} to {_place(matrix, row['destination'])} {_words(row)}"
        f"{'' if row['kind'] == 'stated' else ' (implied)'}"
        for row in ranked.head(_LISTED).to_dicts()
    ]
    more = f"; and {frame.height - _LISTED} more" if frame.height > _LISTED else ""
    listed = f" From {'; from '.join(told)}{more}." if told else ""
    sizes = [f"{len(names)} place{'' if len(names) == 1 else 's'}" for names in (matrix.origins, matrix.destinations)]
    return f"Heat map of moves from {sizes[0]} to {sizes[1]}: {picture.unit}. {picture.sentence}{listed}"


def short_count(number: int, rounding: Rounding = "nearest") -> str:
    """A count with at most three digits and a letter for thousands or millions.

    Examples
    --------
    >>> short_count(999), short_count(164_501), short_count(164_501, "down"), short_count(1_250_001, "up")
    ('999', '165k', '164k', '1.26M')
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            step = size // 100 if number < 10 * size else size // 10 if number < 100 * size else size
            more = {"nearest": step // 2, "down": 0, "up": step - 1}[rounding]
            whole = (number + more) // step * step
            return f"{whole / size:g}{letter}" if whole < 1_000_000 or letter == "M" else "1M"
    return str(number)


def _order(frame: pl.DataFrame, name: str) -> list[str]:
    """The places of one side as they stand, the rest after them and the margin last."""
    there = frame[name].unique(maintain_order=True).to_list()
    return [*(one for one in there if one not in (ALL, ELSEWHERE)), *(one for one in (ELSEWHERE, ALL) if one in there)]


def _cell(row: dict[str, Any], keys: list[list[str]], largest: int) -> tuple[Any, ...]:
    at = keys[0].index(row["origin"]), keys[1].index(row["destination"])
    margin = ALL in (row["origin"], row["destination"])
    low, best, high = row["low"], row["best"], row["high"]
    state, texts = _texts(low, best, high)
    shades = [None if margin or one is None else (one / largest) ** 0.5 for one in (low, high)]
    return (*at, margin, state, row["kind"] == "stated", *shades, texts)


def _texts(low: int, best: int | None, high: int | None) -> tuple[str, list[str]]:
    if low == high:
        return "exact", [format_count(low), short_count(low)]
    if best is not None:
        return "about", [f"≈ {format_count(best)}", f"≈{short_count(best)}"]
    floor = short_count(low, "down")
    if high is None:
        return ("floor", [f"≥ {format_count(low)}", f"≥{floor}"]) if low else ("unbounded", ["?"])
    top = short_count(high, "up")
    return "range", [f"{format_count(low)}–{format_count(high)}", f"{floor}–{top}", f"{floor}–\n{top}"]


def _words(row: dict[str, Any]) -> str:
    low, best, high = row["low"], row["best"], row["high"]
    if low == high:
        return format_count(low)
    if best is not None:
        return f"about {format_count(best)}"
    if high is None:
        return f"at least {format_count(low)}"
    return f"{format_count(low)} to {format_count(high)}"


def _place(matrix: FlowMatrix, key: str) -> str:
    return _ELSEWHERE if key == ELSEWHERE else "all" if key == ALL else matrix.ledger.reports.places.name(key)


def _names(matrix: FlowMatrix, keys: list[str]) -> tuple[str, ...]:
    """The names of places; with the step above where two have one name."""
    plain = [_place(matrix, key) for key in keys]
    often = Counter(plain)
    return tuple(
        name if often[name] == 1 else ", ".join(reversed(split_path(key)[-2:]))
        for name, key in zip(plain, keys, strict=True)
    )
