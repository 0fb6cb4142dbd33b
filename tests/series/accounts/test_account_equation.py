"""The equation of an account against a linear programme, and its laws."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.optimize import linprog

from casualtystats.errors import ContradictionError, UndefinedEstimateError
from casualtystats.estimates import Estimate
from casualtystats.series.accounts.signed import SignedBounds, total
from casualtystats.series.accounts.solve import Equation
from casualtystats.series.accounts.words import SIGNS, TERMS, TermName

FREE = {name: SignedBounds() if name == "arrivals" else SignedBounds(0) for name in TERMS}
NAMES: Any = ("stock_start", *TERMS, "stock_end")


@st.composite
def intervals(draw: Any, least: int = 0) -> SignedBounds:
    low = draw(st.integers(least, 12))
    high = draw(st.one_of(st.none(), st.integers(low, 14)))
    if least < 0 and draw(st.booleans()):
        return SignedBounds(None, None, high)
    return SignedBounds(low, None, high)


@st.composite
def equations(draw: Any) -> Equation:
    terms: dict[TermName, SignedBounds] = {name: draw(intervals(-8 if name == "arrivals" else 0)) for name in TERMS}
    for name in draw(st.sets(st.sampled_from(TERMS), max_size=3)):
        terms[name] = FREE[name]
    displaced, onward = terms["displaced"], terms["onward"]
    assume(displaced.high is None or onward.low is None or onward.low <= displaced.high)
    return Equation(draw(intervals()), draw(intervals()), terms)


def extreme(equation: Equation, weights: dict[str, float], sign: float) -> float | None:
    """The least (sign 1) or largest (-1) value of a sum of quantities; None = unbounded. Raises LookupError if infeasible."""
    columns = {name: at for at, name in enumerate(NAMES)}
    aim = np.zeros(len(NAMES))
    for name, weight in weights.items():
        aim[columns[name]] = sign * weight
    balance = np.zeros(len(NAMES))
    balance[columns["stock_start"]], balance[columns["stock_end"]] = 1, -1
    for name in TERMS:
        balance[columns[name]] = SIGNS[name]
    part = np.zeros(len(NAMES))
    part[columns["onward"]], part[columns["displaced"]] = 1, -1
    known = [equation.start, *(equation.terms[name] for name in TERMS), equation.end]
    found = linprog(
        aim,
        A_eq=[balance],
        b_eq=[0],
        A_ub=[part],
        b_ub=[0],
        bounds=[(one.low, one.high) for one in known],
        method="highs",
    )
    if found.status == 2:
        raise LookupError
    return None if found.status != 0 else float(sign * found.fun)


def lp(equation: Equation, weights: dict[str, float]) -> tuple[float | None, float | None] | None:
    """Bounds by linear programming; None if infeasible, which is asked first: unbounded and infeasible are told as one."""
    try:
        extreme(equation, {}, 1)
    except LookupError:
        return None
    return extreme(equation, weights, 1), extreme(equation, weights, -1)


def as_found(bounds: SignedBounds | None) -> tuple[float | None, float | None] | None:
    return None if bounds is None else (bounds.low, bounds.high)


@given(equations(), st.sampled_from(NAMES))
@settings(max_examples=100, deadline=None)
def test_bounds_of_every_quantity_are_those_of_a_linear_programme(equation: Equation, name: Any) -> None:
    assert as_found(equation.bounds_of(name)) == pytest.approx(lp(equation, {name: 1.0}))


@given(equations(), st.sets(st.sampled_from(TERMS)))
@settings(max_examples=100, deadline=None)
def test_bounds_of_a_signed_sum_are_those_of_a_linear_programme(equation: Equation, names: set[TermName]) -> None:
    missing = tuple(name for name in TERMS if name in names)
    wanted = lp(equation, {name: float(SIGNS[name]) for name in missing})
    assert as_found(equation.signed_sum(missing)) == pytest.approx(wanted)


@given(equations())
@settings(max_examples=60, deadline=None)
def test_nought_lies_in_the_residual_exactly_where_all_can_be_true(equation: Equation) -> None:
    assert equation.residual.holds(0) == (lp(equation, {}) is not None)


@given(equations(), st.data())
def test_learning_a_term_never_widens(equation: Equation, data: Any) -> None:
    name: TermName = data.draw(st.sampled_from(TERMS))
    learned = equation.terms[name].meet(data.draw(intervals(-8 if name == "arrivals" else 0)))
    assume(learned is not None)
    assert learned is not None
    onward, displaced = (learned if name == "onward" else equation.terms["onward"]), equation.terms["displaced"]
    displaced = learned if name == "displaced" else displaced
    assume(displaced.high is None or onward.low is None or onward.low <= displaced.high)
    after = Equation(equation.start, equation.end, equation.terms | {name: learned})
    for asked in NAMES:
        before, now = equation.bounds_of(asked), after.bounds_of(asked)
        assert now is None or (before is not None and now.meet(before) == now)
    assert after.residual.meet(equation.residual) == after.residual


def test_more_onward_moves_than_moves_is_refused() -> None:
    terms = FREE | {"displaced": SignedBounds.exactly(5), "onward": SignedBounds(6, None, None)}
    with pytest.raises(ContradictionError, match="at least 6 onward moves of 5 displaced"):
        _ = Equation(SignedBounds(0), SignedBounds(0), terms).net


def test_the_best_of_a_missing_term_is_what_the_others_leave() -> None:
    terms = {name: SignedBounds.exactly(0) for name in TERMS} | {
        "displaced": SignedBounds(70, 80, 95), "returned": SignedBounds(0)
    }  # fmt: skip
    equation = Equation(SignedBounds.exactly(250), SignedBounds(290, 300, 310), terms)
    assert equation.bounds_of("returned") == SignedBounds(10, 30, 55)
    beyond = Equation(
        SignedBounds.exactly(250), SignedBounds(290, 300, 340), terms | {"displaced": SignedBounds(30, 40, 95)}
    )
    # What the best values leave would lie below 0.
    assert beyond.bounds_of("returned") == SignedBounds(0, None, 55)


def test_signed_bounds_print_and_add() -> None:
    assert [str(one) for one in (SignedBounds(), SignedBounds(None, None, -3), SignedBounds(1, 2, 3))] == [
        "not bounded", "up to -3", "2 (1 to 3)",
    ]  # fmt: skip
    assert SignedBounds.of(Estimate(1.5, 2.5, 3.2)) == SignedBounds(1, 3, 4)
    assert total([SignedBounds(1, 2, None), SignedBounds(None, 5, 6)]) == SignedBounds(None, 7, None)
    assert -SignedBounds(1, 2, None) == SignedBounds(None, -2, -1)
    with pytest.raises(UndefinedEstimateError, match="low <= high"):
        SignedBounds(2, None, 1)
