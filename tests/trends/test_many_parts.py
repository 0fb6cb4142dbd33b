"""The parts of the batched fit: closed forms, count tables, the layout, the chunks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.trends.likelihood.link import CompositeLink
from casualtystats.trends.many.batch import fit_many
from casualtystats.trends.many.counts import CountTable
from casualtystats.trends.many.layout import Block
from casualtystats.trends.many.link import spans
from casualtystats.trends.many.rising import RowTable, gamma_steps


def one_block(counts: list[list[int]], days: int = 1) -> Block:
    """Areas of adjoining intervals of equal length."""
    flat = np.array([count for area in counts for count in area], dtype=np.float64)
    number = np.array([len(area) for area in counts])
    starts = np.cumsum(number) - number
    area = np.repeat(np.arange(len(counts)), number)
    first = (np.arange(len(flat)) - starts[area]) * float(days)
    return Block.of(first, first + days - 1, flat, area, starts)


@given(st.floats(-3, 3), st.integers(1, 400))
def test_closed_forms_are_sums_over_days(growth: float, days: int) -> None:
    found = spans(np.array([growth]), np.array([float(days)]))
    t = np.arange(days) - (days - 1) / 2
    log = growth * t
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    mean = float(weights @ t)
    assert found.log[0] == pytest.approx(log.max() + math.log(np.exp(log - log.max()).sum()), abs=1e-11)
    assert found.mean[0] == pytest.approx(mean, abs=1e-9)
    assert found.variance[0] == pytest.approx(float(weights @ (t - mean) ** 2), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("growth", [0.0, 1e-9, -0.05, 0.4, -2.0, 50.0, -800.0, 1e4])
def test_closed_forms_hold_at_any_growth(growth: float) -> None:
    """Against the link that sums over days."""
    days = np.array([1, 2, 7, 30, 365])
    found = spans(np.full(5, growth), days.astype(np.float64))
    for at, number in enumerate(days):
        t = np.arange(number) - (number - 1) / 2
        zero, last = np.array([0]), np.array([number - 1])
        summed = CompositeLink.of(zero, last, t[:, None], np.zeros(number)).at(np.array([growth]))
        assert found.log[at] == pytest.approx(summed.log_mean[0], rel=1e-12, abs=1e-12)
        assert found.mean[at] == pytest.approx(summed.mean_x[0, 0], rel=1e-9, abs=1e-10)
    assert (found.variance >= 0).all()


COUNTS = st.lists(st.integers(0, 300), min_size=1, max_size=12).filter(any)


@given(st.lists(COUNTS, min_size=1, max_size=4), st.floats(-6, 3))
def test_nb2_sums_are_sums(counts: list[list[int]], power: float) -> None:
    alpha = 10**power
    found = CountTable.of(one_block(counts)).sums(np.full(len(counts), alpha))
    for at, area in enumerate(counts):
        k = np.concatenate([np.arange(float(y)) for y in area])
        ratio = k / (1 + alpha * k)
        for got, expected in zip(found, (np.log1p(alpha * k).sum(), ratio.sum(), -(ratio**2).sum()), strict=True):
            assert got[at] == pytest.approx(expected, rel=1e-7)


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(-8, 6)), min_size=1, max_size=12))
def test_nb1_sums_are_sums(rows: list[tuple[int, float]]) -> None:
    counts, r = np.array([float(y) for y, _ in rows]), np.array([10.0**power for _, power in rows])
    log, first, second = RowTable.of(counts).sums(r)
    for at, y in enumerate(counts):
        k = np.arange(y)
        share = r[at] / (r[at] + k)
        assert log[at] == pytest.approx(np.log1p(k / r[at]).sum(), rel=1e-9, abs=1e-12)
        assert first[at] == pytest.approx(share.sum(), rel=1e-12)
        assert second[at] == pytest.approx(-(share**2).sum(), rel=1e-11)


@given(st.floats(16, 1e6), st.integers(1, 5_000))
def test_steps_of_gamma_functions(w: float, d: int) -> None:
    log_gamma, digamma, trigamma = (float(part[0]) for part in gamma_steps(np.array([w]), np.array([float(d)])))
    k = np.arange(d)
    assert log_gamma == pytest.approx(np.log1p(k / w).sum(), rel=1e-9, abs=1e-12)
    assert digamma == pytest.approx((1 / (w + k)).sum(), rel=1e-11)
    assert trigamma == pytest.approx(-(1 / (w + k) ** 2).sum(), rel=1e-10)


def test_a_kept_part_is_the_part_alone() -> None:
    counts = [[3, 1, 70, 0], [90, 2, 2, 80, 5], [0, 0, 1, 4], [400, 3, 1, 1]]
    block, chosen = one_block(counts, 7), np.array([True, False, True, True])
    part, alone = block.keep(chosen), one_block([counts[0], counts[2], counts[3]], 7)
    for name in (
        "counts",
        "middle",
        "tau",
        "area",
        "group",
        "starts",
        "days",
        "group_area",
        "group_starts",
        "group_counts",
    ):
        np.testing.assert_array_equal(getattr(part, name), getattr(alone, name))
    alpha = np.array([0.3, 0.7, 2.0])
    for first, second in zip(
        CountTable.of(block).keep(chosen).sums(alpha), CountTable.of(alone).sums(alpha), strict=True
    ):
        np.testing.assert_array_equal(first, second)
    sizes = np.linspace(0.1, 30, len(alone.counts))
    rows = chosen[block.area]
    for first, second in zip(
        RowTable.of(block.counts).keep(rows).sums(sizes), RowTable.of(alone.counts).sums(sizes), strict=True
    ):
        np.testing.assert_array_equal(first, second)


def test_lengths_are_groups() -> None:
    first = np.array([0.0, 7, 14, 44, 0, 1, 2, 9])
    last = np.array([6.0, 13, 43, 50, 0, 1, 8, 9])
    block = Block.of(first, last, np.arange(8.0), np.repeat([0, 1], 4), np.array([0, 4]))
    assert block.days.tolist() == [7, 30, 1, 7]
    assert block.group_area.tolist() == [0, 0, 1, 1]
    assert block.group.tolist() == [0, 0, 1, 0, 2, 2, 3, 2]
    assert block.group_counts.tolist() == [4, 2, 16, 6]
    assert block.rows.tolist() == [4, 4]


@given(st.integers(1, 40), st.integers(1, 9))
def test_every_area_is_in_one_chunk(chunk: int, areas: int) -> None:
    done: list[int] = []
    number = np.arange(4, 4 + areas)
    area = np.repeat(np.arange(areas), number)
    day = np.arange(len(area))
    found = fit_many(
        day, day, np.ones(len(area), dtype=int), area, family="poisson", chunk_rows=chunk, step=done.append
    )
    assert sum(done) == areas
    assert found.fitted.all()
    assert len(done) == areas or chunk > 8
