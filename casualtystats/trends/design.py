r"""The terms of a trend, by day: a formula, and what each day holds for it.

Formulas are those of `formulaic` (and patsy). The columns that every day has:

- `day`: days since the first day of the series; `week`: the same, divided by 7;
- `weekday`: Monday to Sunday, as a category: which days are *reported* more, mostly;

and functions of a date:

- `step("2019-05-20")`: 0 before that day, 1 from it on;
- `slope("2019-05-20")`: 0 up to that day, then the days since it;
- `between("2019-05-20", "2019-06-02")`: 1 on these days, both included, and 0 on others.

Splines: `bs(day, df=4)`, or `cr(day, df=4) - 1` (natural cubic, which spans a constant and replaces the intercept).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import parse_date
from casualtystats.trends.likelihood.sizes import Array

__all__ = ["WEEKDAYS", "ByDay", "Design", "Exposure", "daily_exposure", "make_design"]

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@runtime_checkable
class ByDay(Protocol):
    """What knows how many people were exposed on each day, such as the result of `person_days`."""

    def by_day(self) -> pl.DataFrame:
        """One row a day: `date` and `best`."""
        ...


Exposure: TypeAlias = float | Mapping[date, float] | pl.DataFrame | ByDay


@dataclass(frozen=True, eq=False)
class Design:
    """A formula with what it needs to be evaluated on any day.

    Attributes
    ----------
    formula : str
        As it was given.
    names : tuple of str
        Names of the terms, in the order of the columns.
    origin : date
        The day that `day` counts from.
    spec : object
        The specification of `formulaic`, which keeps the knots of splines.
    data : pl.DataFrame or None
        Columns of the caller's, by `date`.
    offset : str or None
        The column of `data` that is added to the log of the mean.
    """

    formula: str
    names: tuple[str, ...]
    origin: date
    spec: Any
    data: pl.DataFrame | None
    offset: str | None

    def matrix(self, days: list[date]) -> Array:
        """The terms of some days: one row a day.

        Raises
        ------
        OptionError
            If `data` lacks one of the days.
        """
        from formulaic.errors import DataMismatchWarning, FormulaicError

        frame = _day_frame(days, self.origin, self.data)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                # A category that the fit has not seen would get the number of another one.
                warnings.simplefilter("error", DataMismatchWarning)
                found = self.spec.get_model_matrix(frame, context=_functions(self.origin, days), output="numpy")
        except (FormulaicError, DataMismatchWarning, ValueError, TypeError) as error:
            why = str(error).partition("\n")[0]
            raise OptionError(
                f"expected days for which {self.formula!r} has a value, got {days[0]} to {days[-1]} ({why})"
            ) from error
        return _checked(np.asarray(found, dtype=np.float64), self.formula, days)

    def offsets(self, days: list[date]) -> Array:
        """The offset of some days."""
        if self.offset is None or self.data is None:
            return np.zeros(len(days))
        column = _joined(days, self.data)[self.offset]
        if not column.dtype.is_numeric() or column.null_count() or not np.isfinite(column.to_numpy()).all():
            raise OptionError(f"expected a number in column {self.offset!r} on every day from {days[0]} to {days[-1]}")
        return column.cast(pl.Float64).to_numpy()


def make_design(
    formula: str, days: list[date], origin: date, data: pl.DataFrame | None = None, offset: str | None = None
) -> Design:
    """A design from a formula, with knots and categories from the days of the series.

    Raises
    ------
    OptionError
        If the formula can not be read, has no term, or needs a column that is not there.
    """
    import formulaic
    from formulaic.errors import FormulaicError

    if not isinstance(formula, str) or not formula.strip() or "~" in formula:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected formula= the terms of the trend, such as 'day' or 'day + weekday'; got {formula!r}"
        )
    if data is not None:
        data = _checked_data(data)
    if offset is not None and (data is None or offset not in data.columns):
        raise OptionError(f"expected offset= a column of data=, got {offset!r}")
    frame = _day_frame(days, origin, data)
    reader: Any = formulaic
    try:
        # Whatever has no number is found below, with its day.
        with np.errstate(all="ignore"):
            found: Any = reader.model_matrix(
                formula, frame, context=_functions(origin, days), output="numpy", na_action="raise"
            )
    except OptionError:
        raise
    except (FormulaicError, ValueError, TypeError, NameError, KeyError, AttributeError, SyntaxError) as error:
        cause = error.__cause__
        if isinstance(cause, OptionError):
            raise cause from error
        raise OptionError(
            f"expected a formula of day, week, weekday, step('2019-05-20'), slope(), between(), splines and columns of data=, "
            "with dates in quotes; got "
            f"{formula!r} ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        ) from error
    spec: Any = found.model_spec
    names = tuple(str(name) for name in spec.column_names)
    if not names:
        raise OptionError(f"expected a formula with at least one term, got {formula!r}")
    _checked(np.asarray(found, dtype=np.float64), formula, days)
    return Design(formula, names, origin, spec, data, offset)


def _checked(matrix: Array, formula: str, days: list[date]) -> Array:
    wrong = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if wrong.size:
        raise OptionError(
            f"expected a number for every term of {formula!r} on every day, got none on {days[int(wrong[0])]}"
        )
    return matrix


def _checked_data(data: pl.DataFrame) -> pl.DataFrame:
    if not isinstance(data, pl.DataFrame) or data.schema.get("date") != pl.Date:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError("expected data= a polars frame with a column 'date' of dates, one row a day")
    if data["date"].null_count() or data["date"].is_duplicated().any():
        raise OptionError("expected data= with one row a day, got a date that is missing or stands twice")
    taken = [name for name in ("day", "week", "weekday") if name in data.columns]
    if taken:
        raise OptionError(f"expected data= without columns that every day has already, got {', '.join(taken)}")
    return data


def _joined(days: list[date], data: pl.DataFrame) -> pl.DataFrame:
    frame = pl.DataFrame({"date": days}, schema={"date": pl.Date})
    missing = frame.join(data, on="date", how="anti")
    if missing.height:
        raise OptionError(
            f"expected data= with a row for every day from {days[0]} to {days[-1]}, got none for {missing['date'][0]}"
            f"{f' and {missing.height - 1} others' if missing.height > 1 else ''}"
        )
    return frame.join(data, on="date", how="left", maintain_order="left")


def _day_frame(days: list[date], origin: date, data: pl.DataFrame | None) -> Any:
    """One row a day, as a frame of pandas: what formulaic reads."""
    import pandas as pd

    number = np.array([(day - origin).days for day in days], dtype=np.float64)
    columns: dict[str, Any] = {
        "day": number,
        "week": number / 7,
        "weekday": pd.Categorical([WEEKDAYS[day.weekday()] for day in days], categories=list(WEEKDAYS)),
    }
    if data is not None:
        joined = _joined(days, data)
        for name in joined.columns:
            kind = joined.schema[name]
            if name != "date" and kind.is_temporal():
                raise OptionError(
                    f"expected data= with numbers or categories, got dates in column {name!r}; count days instead"
                )
            if name != "date":
                column = joined[name].cast(pl.Float64) if kind.is_numeric() else joined[name]
                columns[name] = column.to_list()
    return pd.DataFrame(columns)


def _functions(origin: date, days: list[date]) -> dict[str, Callable[..., Any]]:
    number = np.array([(day - origin).days for day in days], dtype=np.float64)

    def at(day: str | date) -> int:
        first, last = parse_date(day)
        if first != last:
            raise OptionError(f"expected one day in a formula, such as '2019-05-20'; got {day!r}")
        return (first - origin).days

    def step(day: str | date) -> Array:
        return (number >= at(day)).astype(np.float64)

    def slope(day: str | date) -> Array:
        return np.maximum(0.0, number - at(day))

    def between(first: str | date, last: str | date) -> Array:
        return ((number >= at(first)) & (number <= at(last))).astype(np.float64)

    return {"step": step, "slope": slope, "between": between}


def daily_exposure(exposure: Exposure | None, days: list[date], needed: list[bool]) -> Array:
    """Exposure by day, such as people at risk; 1 on every day where there is none given.

    Parameters
    ----------
    exposure : number, mapping of date to number, frame or object with `by_day()`, or None
        A frame has the columns `date` and `exposure` (or `best`).
    days : list of date
        All days, in order.
    needed : list of bool
        Which of them a total speaks about; others may have no exposure.

    Raises
    ------
    OptionError
        If a day that is needed has no exposure above 0.
    """
    if exposure is None:
        return np.ones(len(days))
    if isinstance(exposure, bool):
        raise OptionError("expected exposure= a number, or one for each day, got a truth value")
    if isinstance(exposure, int | float | np.number):
        values = np.full(len(days), float(exposure))
    else:
        table = _exposure_table(exposure)
        values = np.array([table.get(day, float("nan")) for day in days])
    for day, value, need in zip(days, values, needed, strict=True):
        if need and not (np.isfinite(value) and value > 0):
            got = "none" if np.isnan(value) else f"{value:g}"
            raise OptionError(
                f"expected an exposure above 0 on every day that is fitted or predicted, got {got} for {day}; give one "
                f"that holds {days[0]} to {days[-1]}"
            )
    return np.where(np.isfinite(values) & (values > 0), values, 1.0)


def _exposure_table(exposure: object) -> dict[date, float]:
    if isinstance(exposure, Mapping):
        table: Mapping[Any, Any] = exposure  # pyright: ignore[reportUnknownVariableType]
        if not all(isinstance(day, date) for day in table):
            raise OptionError("expected exposure= a mapping from dates (datetime.date) to numbers, got other keys")
        if not all(isinstance(value, int | float | np.number) for value in table.values()):
            raise OptionError("expected exposure= a mapping from dates to numbers, got a value that is no number")
        return {day: float(value) for day, value in table.items()}
    if not isinstance(exposure, pl.DataFrame | ByDay):
        raise OptionError(
            f"expected exposure= a number, a mapping from dates, a frame or what person_days gives; got {type(exposure).__name__}"
        )
    frame = exposure if isinstance(exposure, pl.DataFrame) else exposure.by_day()
    name = next((name for name in ("exposure", "best") if name in frame.columns), None)
    if name is None or frame.schema.get("date") != pl.Date:
        raise OptionError(
            f"expected exposure= a frame with 'date' and 'exposure', got columns {', '.join(frame.columns)}"
        )
    if frame["date"].is_duplicated().any():
        raise OptionError("expected exposure= with one row a day, got a date that stands twice; give one place's")
    if not frame.schema[name].is_numeric():
        raise OptionError(f"expected exposure= with numbers in column {name!r}, got {frame.schema[name]}")
    rows = frame.select("date", pl.col(name).cast(pl.Float64)).rows()
    return {day: float("nan") if value is None else value for day, value in rows}


def day_list(origin: date, number: int) -> list[date]:
    """Days from an origin on."""
    return [origin + timedelta(days=at) for at in range(number)]
