"""What scores are computed from: numbers and whole counts of any shape, checked once and with one wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError

__all__ = ["Array", "Few", "Many", "given", "shaped", "together", "whole"]

Array: TypeAlias = NDArray[np.float64]
Many: TypeAlias = Sequence[float] | Sequence[Sequence[float]] | NDArray[Any] | pl.Series
Few: TypeAlias = float | Many


def given(name: str, value: Few, *, least: float = -np.inf) -> Array:
    """An argument as an array of finite numbers.

    Parameters
    ----------
    name : str
        Name of the argument, for messages.
    value : number, or sequence, array or series of numbers
        The argument.
    least : float
        The smallest number allowed.

    Raises
    ------
    OptionError
        If a number is missing, infinite or below `least`, or it holds none.
    """
    try:
        found = np.asarray(value.to_numpy() if isinstance(value, pl.Series) else value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError(f"expected {name}= a number, or an array of numbers of one shape; got {value!r}") from error
    if found.size == 0:
        raise OptionError(f"expected {name}= with at least one number, got none")
    wrong = np.argwhere(~np.isfinite(found) | (found < least))
    if len(wrong):
        where = f" at position {', '.join(str(at) for at in wrong[0])}" if found.ndim else ""
        limit = "" if least == -np.inf else f" of {least:g} or more"
        raise OptionError(
            f"expected {name}= finite numbers{limit}, got {float(found[tuple(wrong[0])])!r}{where}; leave out what is missing"
        )
    return found


def whole(name: str, value: Few) -> Array:
    """An argument as an array of whole counts of 0 or more.

    Raises
    ------
    OptionError
        If one is missing, negative or not whole.
    """
    found = given(name, value, least=0)
    wrong = found[found != np.floor(found)]
    if wrong.size:
        raise OptionError(
            f"expected {name}= whole counts of 0 or more, got {float(wrong.flat[0])!r}; a count that was spread over days "
            "can not be scored as one"
        )
    return found


def together(**arrays: Array) -> list[Array]:
    """Arrays of one shape.

    Raises
    ------
    OptionError
        If their shapes do not go together.
    """
    try:
        return [np.asarray(array) for array in np.broadcast_arrays(*arrays.values())]
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise OptionError(f"expected arguments of one shape, got {shapes}") from error


def shaped(values: Array) -> float | Array:
    """A float for one score, an array for several."""
    return float(values) if np.ndim(values) == 0 else np.asarray(values, dtype=np.float64)
