"""From one stock to the next as a waterfall: where each bar starts and ends, and what is known of it."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from casualtystats.errors import MeasureError
from casualtystats.periods import format_date, spoken_day
from casualtystats.series.accounts import DisplacementAccount, SignedBounds, Stretch
from casualtystats.series.accounts.given import StretchKey
from casualtystats.series.accounts.words import NOUNS, SIGNS

__all__ = ["stretch_of", "waterfall_alt", "waterfall_bars"]

_SCHEMA: Final = {
    "name": pl.String, "label": pl.String, "text": pl.String, "kind": pl.String, "state": pl.String, "start": pl.Float64,
    "end": pl.Float64, "low": pl.Float64, "high": pl.Float64, "open_low": pl.Boolean, "open_high": pl.Boolean,
}  # fmt: skip


def stretch_of(account: DisplacementAccount | Stretch, stretch: StretchKey | None) -> Stretch:
    """The stretch that is drawn.

    Raises
    ------
    MeasureError
        If it is no account.
    OptionError
        If the account has several stretches and none is named, or there is no such one.
    """
    if isinstance(account, Stretch):
        return account
    if not isinstance(account, DisplacementAccount):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected an account from displacement_account(...), got {type(account).__name__}")
    return account.stretch(stretch)


def waterfall_bars(stretch: Stretch) -> pl.DataFrame:
    """One row a bar, from the first stock over the terms to the last stock, and what is left unexplained.

    Parameters
    ----------
    stretch : Stretch
        With two stocks and seven terms.

    Returns
    -------
    pl.DataFrame
        `name`, `label`, `text` (the number in words), `kind` ("stock", "more", "fewer", "expected", "residual"), `state`
        ("value", "floor": no best value, so that the bar is as long as its lower bound, "not given"), `start`, `end` (where
        the bar begins and ends, in people; null where nothing can be drawn), `low`, `high` (where its bounds lie on the
        axis; null = none, or open), `open_low`, `open_high`. A bar begins where the last one with a value ended. The bar of
        the residual lies between what is expected and what is stated; its bounds are drawn from where the bar of the last
        stock ends.
    """
    first, last, expected = stretch.first, stretch.last, stretch.expected
    rows = [_stock("stock_start", f"stock {_day(first)}", first.count)]
    at = rows[0]["end"]
    for term in stretch.terms:
        sign = SIGNS[term.name]
        kind = "more" if sign > 0 else "fewer"
        row = {"name": term.name, "label": f"{'+' if sign > 0 else '-'} {NOUNS[term.name]}", "kind": kind}
        if not term.known:
            rows.append(row | {"text": "not given", "state": "not given", "start": at} | _no_bounds())
            continue
        size = _size(term.bounds)
        end = at + sign * size
        bounds = _moved(at, term.bounds if sign > 0 else -term.bounds)
        state = "value" if term.bounds.best is not None or term.bounds.point else "floor"
        if size < 0:
            # More left than arrived.
            row["kind"] = "fewer" if kind == "more" else "more"
        rows.append(row | {"text": str(term.bounds), "state": state, "start": at, "end": end} | bounds)
        at = end
    best = expected.best if not stretch.missing else None
    rows.append(
        {
            "name": "expected", "label": "stock expected", "kind": "expected", "text": str(expected),
            "state": "floor" if best is None else "value", "start": 0.0, "end": best,
        }
        | _moved(0.0, expected)
    )  # fmt: skip
    rows.append(_stock("stock_end", f"stock {_day(last)}", last.count))
    stated, rest = last.count.best, stretch.residual
    whole = best is not None and stated is not None
    # Without a best value: the least that is sure to be missing, or too much.
    sure = 0.0 if rest.best is not None else _size(rest)
    start, end = (best, stated) if whole else (rows[-1]["end"] - sure, rows[-1]["end"]) if sure else (None, None)
    rows.append(
        {
            "name": "residual", "label": "unexplained", "kind": "residual", "text": str(rest),
            "state": "value" if whole else "floor", "start": start, "end": end,
        }
        | _between(rest, rows[-1]["end"])
    )  # fmt: skip
    return pl.DataFrame(rows, schema=_SCHEMA)


def _size(bounds: SignedBounds) -> float:
    """As long as the best value; without one, as the bound that is nearest to nothing."""
    if bounds.best is not None:
        return float(bounds.best)
    if bounds.low is not None and bounds.low > 0:
        return float(bounds.low)
    return float(bounds.high) if bounds.high is not None and bounds.high < 0 else 0.0


def _stock(name: str, label: str, count: SignedBounds) -> dict[str, Any]:
    state = "value" if count.best is not None or count.point else "floor"
    row = {"name": name, "label": label, "kind": "stock", "text": str(count), "state": state, "start": 0.0}
    return row | {"end": _size(count)} | _moved(0.0, count)


def _no_bounds() -> dict[str, Any]:
    return {"end": None, "low": None, "high": None, "open_low": False, "open_high": False}


def _moved(at: float, bounds: SignedBounds) -> dict[str, Any]:
    low, high = bounds.low, bounds.high
    if bounds.point:
        return {"low": None, "high": None, "open_low": False, "open_high": False}
    return {
        "low": None if low is None else at + low, "high": None if high is None else at + high,
        "open_low": low is None, "open_high": high is None,
    }  # fmt: skip


def _between(rest: SignedBounds, stated: float) -> dict[str, Any]:
    """Where the other end of the residual may lie, one end being the stock as stated."""
    return _moved(stated, -rest)


def _day(point: Any) -> str:
    if point.earliest == point.latest:
        day, month, year = spoken_day(point.earliest).split()
        return f"{day} {month[:3]} {year}"
    return f"of {format_date(point.earliest, point.latest)}"


def waterfall_alt(account: DisplacementAccount | Stretch, stretch: StretchKey | None = None) -> str:
    """Every number from one stock to the next, and what is left unexplained."""
    found = stretch_of(account, stretch)
    told = [f"{row['label'].lstrip('+- ')} {row['text']}" for row in waterfall_bars(found).to_dicts()]
    return f"Waterfall of the {found}. {'; '.join(told)}."
