"""Times, events and entries as a caller gives them: checked once, with the place of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.rates.given import finite

__all__ = ["Column", "Floats", "checked_entry", "checked_events", "checked_times", "columns"]

Column = Sequence[Any] | NDArray[Any] | pl.Series
Floats = NDArray[np.float64]


def columns(given: Any, name: str) -> list[Any]:
    """A column as a list of Python values.

    Raises
    ------
    OptionError
        If it is no column.
    """
    if isinstance(given, pl.Series):
        return given.to_list()
    if isinstance(given, np.ndarray):
        values: Any = given.tolist()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return list(values)
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return list(given)  # pyright: ignore[reportUnknownArgumentType]
    raise OptionError(f"expected {name}= a list, array or series, got {given!r}")


def checked_times(given: Any, name: str = "time") -> Floats:
    """Times of 0 or more, in days.

    Raises
    ------
    OptionError
        If there is none, or one is missing, negative or no number.
    """
    values = columns(given, name)
    if not values:
        raise OptionError(f"expected {name}= the days of at least one outage, got none")
    for row, value in enumerate(values, 1):
        found = finite(value)
        if found is None or found < 0:
            raise OptionError(
                f"expected {name}= days of 0 or more, got {value!r} in place {row}; leave outages without a time out, and "
                "say how many they are"
            )
    return np.array(values, dtype=np.float64)


def checked_events(given: Any, name: str, length: int, kinds: int = 1) -> NDArray[np.int64]:
    """Events as whole numbers: 0 = censored, 1 = restored, 2 = destroyed.

    Raises
    ------
    OptionError
        If one is anything else, or they are not as many as the times.
    """
    values = columns(given, name)
    if len(values) != length:
        raise OptionError(f"expected {name}= one value for each of {length} times, got {len(values)}")
    words = ["0 (censored)", "1 (restored)", "2 (destroyed)"][: kinds + 1]
    for row, value in enumerate(values, 1):
        flag: Any = value
        number = float(flag) if isinstance(value, bool | np.bool_) else finite(value)
        if number is None or number not in range(kinds + 1):
            hint = "; with destroyed facilities use cumulative_incidence(time, event)" if number == 2 else ""
            raise OptionError(f"expected {name}= {' or '.join(words)}, got {value!r} in place {row}{hint}")
    return np.array(values, dtype=np.int64)


def checked_entry(given: Any, time: Floats) -> Floats:
    """Days already out when follow-up began; 0 where it began with the outage.

    Raises
    ------
    OptionError
        If they are not as many as the times, or one is not before its time.
    """
    if given is None:
        return np.zeros(len(time))
    entry = checked_times(given, "entry")
    if len(entry) != len(time):
        raise OptionError(f"expected entry= one value for each of {len(time)} times, got {len(entry)}")
    late = np.flatnonzero((entry > 0) & (entry >= time))
    if late.size:
        row = int(late[0])
        raise OptionError(
            f"expected each entry before its time, got entry {entry[row]:g} and time {time[row]:g} in place {row + 1}; an "
            "outage that was over when follow-up began is not in it: leave it out, and say so"
        )
    return entry
