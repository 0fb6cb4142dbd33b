"""Growth of many areas on arrays: against statsmodels, published numbers, other arithmetic, and itself in another order."""

from __future__ import annotations

import json
import math
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casualtystats.errors import OptionError
from casualtystats.trends.likelihood.maximum import maximise
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals
from casualtystats.trends.many import ManyFits, fit_many

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
FAMILIES = ("poisson", "quasi", "nb1", "nb2")
FLOATS = ("a", "b", "var_a", "cov_ab", "var_b", "alpha", "var_alpha", "loglik", "dispersion")


def one(first: Any, last: Any, counts: Any, family: Any) -> ManyFits:
    return fit_many(first, last, counts, np.zeros(len(counts), dtype=int), family=family)


def simulated(seed: int, areas: int = 40, weeks: int = 30) -> tuple[Array, Array]:
    """Weekly counts with growth and dispersion of their own, and the first day of each week."""
    rng = np.random.default_rng(seed)
    first = np.arange(weeks) * 7
    alpha = np.exp(rng.normal(-1, 0.7, areas))[:, None]
    log_mean = rng.normal(2, 1, areas)[:, None] + rng.normal(0, 0.01, areas)[:, None] * (first - first.mean())
    mean = np.exp(log_mean)
    return rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean)).astype(np.float64), first


def fitted_together(counts: Array, first: Array, family: Any) -> ManyFits:
    areas = len(counts)
    start = np.tile(first, areas).astype(np.int64)
    return fit_many(start, start + 6, counts.ravel(), np.repeat(np.arange(areas), len(first)), family=family)


# The a of a fit is of a day, that of statsmodels of a week: they differ by the log of the sum of exp(b t) over 7 days.
def weekly(b: float) -> float:
    return math.log(sum(math.exp(b * day) for day in range(7)))


@pytest.mark.parametrize("family", ["nb2", "nb1"])
def test_against_statsmodels_negative_binomial(family: Any) -> None:
    from statsmodels.discrete.discrete_model import NegativeBinomial

    counts, first = simulated(11)
    found = fitted_together(counts, first, family)
    x = np.column_stack([np.ones(len(first)), first / 100])
    compared = 0
    for at, y in enumerate(counts):
        assert found.reason[at] == ""
        if found.edge[at]:
            continue
        model = NegativeBinomial(y, x, loglike_method=family)
        # From near the answer on: from its own start, statsmodels stops at a gradient of 1e-5.
        begin = [found.a[at] + weekly(found.b[at]) + 0.01, found.b[at] * 100 + 0.01, found.alpha[at] * 1.02]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            theirs = model.fit(start_params=begin, method="newton", tol=1e-12, maxiter=50, disp=0)
        assert found.a[at] + weekly(found.b[at]) == pytest.approx(theirs.params[0], rel=1e-6)
        assert found.b[at] == pytest.approx(theirs.params[1] / 100, rel=1e-6)
        assert found.alpha[at] == pytest.approx(theirs.params[2], rel=1e-6)
        assert math.sqrt(found.var_b[at]) == pytest.approx(theirs.bse[1] / 100, rel=1e-6)
        assert math.sqrt(found.var_alpha[at]) == pytest.approx(theirs.bse[2], rel=1e-6)
        assert found.loglik[at] == pytest.approx(theirs.llf, rel=1e-9)
        compared += 1
    assert compared > 30


@pytest.mark.parametrize("family", ["poisson", "quasi"])
def test_against_statsmodels_glm(family: Any) -> None:
    import statsmodels.api as sm

    counts, first = simulated(12, areas=15)
    found = fitted_together(counts, first, family)
    for at, y in enumerate(counts):
        model = sm.GLM(y, np.column_stack([np.ones(len(first)), first]), family=sm.families.Poisson())
        scale: Any = "X2" if family == "quasi" else None
        theirs = model.fit(tol=1e-13, scale=scale)
        assert found.b[at] == pytest.approx(theirs.params[1], rel=1e-6)
        assert found.dispersion[at] == pytest.approx(theirs.pearson_chi2 / theirs.df_resid, rel=1e-6)
        if family == "poisson" or found.dispersion[at] > 1:
            assert math.sqrt(found.var_b[at]) == pytest.approx(theirs.bse[1], rel=1e-6)
        if family == "poisson":
            assert found.loglik[at] == pytest.approx(theirs.llf, rel=1e-9)
        else:
            assert math.isnan(found.loglik[at])


@pytest.mark.parametrize("family", ["poisson", "nb2", "nb1"])
def test_against_one_at_a_time_on_uneven_periods(family: Any) -> None:
    """By `maximise`, which sums over days and searches in another way."""
    rng = np.random.default_rng(8)
    rows: list[tuple[Array, Array, Array]] = []
    for _ in range(40):
        number = int(rng.integers(5, 15))
        length, gap = rng.integers(1, 40, number), rng.integers(0, 10, number)
        last = np.cumsum(length + gap) - 1
        first = last - length + 1
        mean = length * np.exp(rng.normal(0, 1) + rng.normal(0, 0.01) * first)
        rows.append((first, last, rng.negative_binomial(1, 1 / (1 + mean)).astype(np.float64)))
    first, last, counts = (np.concatenate([row[part] for row in rows]) for part in range(3))
    area = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
    found = fit_many(first, last, counts, area, family=family)
    assert found.fitted.all()
    edges = 0
    for at, (start, end, y) in enumerate(rows):
        moved = start - start[0], end - start[0]
        days = np.arange(moved[1].max() + 1)
        totals = Totals.of(*moved, y, y)
        one_fit = maximise(totals, np.column_stack([np.ones(len(days)), days]), np.zeros(len(days)), family, ("a", "b"))
        assert [found.a[at], found.b[at]] == pytest.approx(one_fit.beta, rel=1e-6, abs=1e-9)
        got = [found.var_a[at], found.cov_ab[at], found.var_b[at]]
        assert got == pytest.approx(one_fit.covariance[[0, 0, 1], [0, 1, 1]], rel=1e-5)
        assert found.loglik[at] == pytest.approx(one_fit.loglik, rel=1e-8)
        if family != "poisson":
            assert found.alpha[at] == pytest.approx(one_fit.alpha, rel=1e-6)
            edges += bool(found.edge[at])
    assert edges < 10


def test_published_fits() -> None:
    entry = PUBLISHED["ic-poisfit"]
    first, last = np.array(entry["inputs"]["intervals_inclusive_day"]).T
    fit, expected, rel = (
        one(first, last, entry["inputs"]["counts"], "poisson"),
        entry["expected"],
        entry["tolerance"]["rel"],
    )
    assert fit.b[0] == pytest.approx(expected["b"], rel=rel)
    assert fit.a[0] - fit.b[0] == pytest.approx(expected["a"], rel=rel)
    assert fit.loglik[0] == pytest.approx(expected["loglik"], rel=rel)
    for name, family in (("tr-pois", "poisson"), ("tr-nb", "nb2")):
        entry = PUBLISHED[name]
        y, expected, rel = entry["inputs"]["y"], entry["expected"], entry["tolerance"]["rel"]
        fit = one(np.arange(len(y)), np.arange(len(y)), y, family)
        assert [fit.a[0], fit.b[0]] == pytest.approx(expected["coef"], rel=rel)
        assert fit.loglik[0] == pytest.approx(expected["loglik"], rel=rel)
        errors = expected["se_joint_statsmodels" if family == "nb2" else "se"]
        assert [math.sqrt(fit.var_a[0]), math.sqrt(fit.var_b[0])] == pytest.approx(errors, rel=rel)
    assert fit.alpha[0] == pytest.approx(PUBLISHED["tr-nb"]["expected"]["alpha"], rel=1e-5)


# Maxima of the log-likelihood written out with log-gamma functions, by Newton's method with mpmath 1.4.1 and 50 digits:
# a (on day 0), b, alpha, var a, cov ab, var b, var alpha, log-likelihood.
SPANS = ([0, 7, 14, 19, 30, 45, 46, 60], [6, 13, 18, 29, 44, 45, 58, 66])
UNEVEN = [9, 4, 31, 22, 97, 3, 140, 41]
HUGE_SPANS = (
    [0, 81, 291, 525, 862, 1007, 1386, 1759, 2132, 2427, 2521, 2773],
    [15, 213, 470, 763, 962, 1326, 1707, 2127, 2380, 2482, 2705, 3110],
)
HUGE = [29996271, 29999724, 0, 0, 0, 0, 379, 0, 0, 0, 0, 0]
FALLING_SPANS = ([0, 15, 52, 75, 100, 149, 206, 227, 257], [3, 23, 55, 92, 123, 183, 222, 242, 295])
FALLING = [10005254, 10003418, 62492, 14985, 825, 1, 0, 0, 0]
EXACT = [
    ("nb2", SPANS, UNEVEN, [0.501050028176, 0.02843672132956, 0.3300088840966, 0.1917606399689, -0.004455300036098,
                            0.0001373778059831, 0.03624896704954, -32.74753800524]),
    ("nb1", SPANS, UNEVEN, [0.6165537078866, 0.02773396331643, 9.310352316297, 0.156994332856, -0.003003551193715,
                            7.087691167534e-5, 27.48463817096, -32.38938298732]),
    ("nb2", HUGE_SPANS, HUGE, [13.64162837743, -0.01001682919267, 22.49239166908, 6.695838951546, -0.004436898827195,
                               4.753492018475e-6, 191.4005053781, -53.08349715898]),
    ("nb1", FALLING_SPANS, FALLING, [14.91967207236, -0.06307808874264, 387525.2216156, 0.02706865472748,
                                     -0.0006962056519103, 6.233117991113e-5, 88639367288.33, -71.09322504641]),
]  # fmt: skip


@pytest.mark.parametrize(("family", "spans", "counts", "expected"), EXACT)
def test_against_fifty_digits(family: Any, spans: Any, counts: list[int], expected: list[float]) -> None:
    fit = one(*spans, counts, family)
    got = [fit.a[0], fit.b[0], fit.alpha[0], fit.var_a[0], fit.cov_ab[0], fit.var_b[0], fit.var_alpha[0], fit.loglik[0]]
    assert got == pytest.approx(expected, rel=2e-7)


def test_steep_growth_hidden_by_the_largest_count() -> None:
    """At the Poisson values the likelihood falls with alpha, and yet is 730 greater at an alpha of about 0.9."""
    spans = ([0, 4, 7, 13, 20, 31], [0, 4, 12, 16, 27, 31])
    counts = [0, 0, 2, 76, 29013, 9206767]
    plain, wide = one(*spans, counts, "poisson"), one(*spans, counts, "nb2")
    assert wide.loglik[0] > plain.loglik[0] + 700
    assert not wide.edge[0]


@st.composite
def areas(draw: st.DrawFn) -> dict[str, np.ndarray[Any, Any]]:
    """Totals of some areas, over intervals with and without gaps."""
    number = draw(st.integers(1, 5))
    parts: dict[str, list[Any]] = {"first": [], "last": [], "counts": [], "area": []}
    for at in range(number):
        day = draw(st.integers(-400, 400))
        for _ in range(draw(st.integers(1, 8))):
            length = draw(st.integers(1, 20))
            parts["first"].append(day)
            parts["last"].append(day + length - 1)
            parts["counts"].append(draw(st.integers(0, 12) | st.integers(0, 400)))
            parts["area"].append(10 * at)
            day += length + draw(st.integers(0, 3))
    return {name: np.array(values) for name, values in parts.items()}


def same_bytes(first: ManyFits, second: ManyFits) -> None:
    for name in ("area", "reason", "n", "first_day", "last_day", *FLOATS):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes(), name


@given(areas(), st.sampled_from(FAMILIES), st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_neither_order_nor_chunks_change_a_bit(
    rows: dict[str, np.ndarray[Any, Any]], family: Any, seed: int, chunk: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(rows["area"]))
    mixed = {name: values[order] for name, values in rows.items()}
    whole = fit_many(**rows, family=family)
    same_bytes(whole, fit_many(**mixed, family=family))
    same_bytes(whole, fit_many(**rows, family=family, chunk_rows=chunk))
    for at, area in enumerate(whole.area):
        chosen = rows["area"] == area
        alone = fit_many(**{name: values[chosen] for name, values in rows.items()}, family=family)
        assert [getattr(alone, name)[0].tobytes() for name in FLOATS] == [
            getattr(whole, name)[at].tobytes() for name in FLOATS
        ]


@given(areas(), st.sampled_from(FAMILIES))
def test_a_fit_is_a_maximum(rows: dict[str, np.ndarray[Any, Any]], family: Any) -> None:
    """Every area is fitted or has a reason; nothing is NaN where it was; nearby points are no better."""
    found = fit_many(**rows, family=family)
    assert len(found.area) == len(np.unique(rows["area"]))
    for at, area in enumerate(found.area):
        chosen = rows["area"] == area
        first, last, counts = (rows[name][chosen] for name in ("first", "last", "counts"))
        assert found.n[at] == chosen.sum()
        assert (found.first_day[at], found.last_day[at]) == (first.min(), last.max())
        numbers = [getattr(found, name)[at] for name in ("a", "b", "var_a", "var_b", "dispersion")]
        if found.reason[at]:
            assert np.isnan(numbers).all()
            where = np.flatnonzero(counts)
            assert len(counts) < 4 or where.size < 2
            continue
        assert np.isfinite(numbers).all()
        if family == "quasi":
            continue
        alpha = found.alpha[at] if family != "poisson" else 0.0
        best = log_likelihood(first, last, counts, found.a[at], found.b[at], alpha, family, found.first_day[at])
        assert best == pytest.approx(found.loglik[at], rel=1e-8, abs=1e-8)
        step_a, step_b = 0.05 * math.sqrt(found.var_a[at]), 0.05 * math.sqrt(found.var_b[at])
        for by_a, by_b, times in ((1, 0, 1.0), (-1, 0, 1.0), (0, 1, 1.0), (0, -1, 1.0), (0, 0, 1.05), (0, 0, 0.95)):
            point = found.a[at] + by_a * step_a, found.b[at] + by_b * step_b
            near = log_likelihood(first, last, counts, *point, alpha * times, family, found.first_day[at])
            assert near <= best + 1e-9 * (1 + abs(best))


def log_likelihood(
    first: Array, last: Array, counts: Array, a: float, b: float, alpha: float, family: str, origin: int
) -> float:
    """By scipy.stats, with the mean of each total as a sum over its days."""
    from scipy import stats

    pairs = zip(first - origin, last - origin, strict=True)
    mu = np.array([sum(math.exp(a + b * day) for day in range(start, end + 1)) for start, end in pairs])
    if alpha == 0 or family == "poisson":
        return float(stats.poisson.logpmf(counts, mu).sum())
    size = 1 / alpha if family == "nb2" else mu / alpha
    return float(stats.nbinom.logpmf(counts, size, size / (size + mu)).sum())


@given(areas(), st.integers(-5_000, 5_000))
@settings(max_examples=25)
def test_a_shift_in_time_changes_nothing_but_the_days(rows: dict[str, np.ndarray[Any, Any]], shift: int) -> None:
    found = fit_many(**rows, family="nb2")
    moved = fit_many(rows["first"] + shift, rows["last"] + shift, rows["counts"], rows["area"], family="nb2")
    np.testing.assert_array_equal(moved.first_day, found.first_day + shift)
    for name in FLOATS:
        assert getattr(moved, name).tobytes() == getattr(found, name).tobytes()


@pytest.mark.parametrize("family", FAMILIES)
def test_failures_are_reasons(family: Any) -> None:
    week = np.arange(5) * 7
    cases = {
        "fewer than 4 usable totals": ([1, 2, 3], [0, 7, 14], [6, 13, 20]),
        "periods share a day": ([1, 2, 3, 4, 5], week, week + 7),
        "zeros only": ([0, 0, 0, 0, 0], week, week + 6),
        "counts above 0 in the first period only": ([9, 0, 0, 0, 0], week, week + 6),
        "counts above 0 in the last period only": ([0, 0, 0, 0, 9], week, week + 6),
        "": ([2, 3, 4, 5, 9], week, week + 6),
    }
    counts, first, last = (np.concatenate([case[part] for case in cases.values()]) for part in range(3))
    area = np.repeat(np.arange(len(cases)), [len(case[0]) for case in cases.values()])
    found = fit_many(first, last, counts, area, family=family)
    for reason, expected in zip(found.reason, cases, strict=True):
        assert reason == expected or (expected and reason.startswith(expected))
    assert found.fitted.tolist() == [False] * 5 + [True]
    assert np.isnan(found.b[:5]).all()


def test_an_iteration_that_does_not_settle_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from casualtystats.trends.many import ascent, poisson

    counts, first = simulated(5, areas=4)
    for module, families in ((ascent, ("nb1", "nb2")), (poisson, FAMILIES)):
        with monkeypatch.context() as patch:
            patch.setattr(module, "_PASSES", 1)
            for family in families:
                found = fitted_together(counts, first, family)
                assert set(found.reason.tolist()) == {"the fit does not settle on one value"}
                assert np.isnan([getattr(found, name) for name in FLOATS]).all()


def test_counts_that_vary_less_than_poisson_counts_have_no_alpha() -> None:
    week = np.arange(8) * 7
    counts = [10, 11, 12, 12, 13, 14, 15, 16]
    plain = one(week, week + 6, counts, "poisson")
    for family in ("nb1", "nb2"):
        found = one(week, week + 6, counts, family)
        assert found.edge.tolist() == [True]
        assert found.alpha[0] == 0
        assert math.isnan(found.var_alpha[0])
        for name in ("a", "b", "var_a", "cov_ab", "var_b", "loglik"):
            assert getattr(found, name)[0] == pytest.approx(getattr(plain, name)[0], rel=1e-12)


def test_no_rows_are_no_areas() -> None:
    found = fit_many([], [], [], [], family="nb2")
    assert found.area.size == 0
    assert found.b.size == 0


WEEK = np.arange(4) * 7


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"family": "gamma"}, "expected family= one of quasi, nb2, nb1, poisson; got 'gamma'"),
        ({"chunk_rows": 0}, "expected chunk_rows="),
        ({"first": WEEK + 0.5}, "expected first= an array of whole numbers"),
        ({"last": WEEK.reshape(2, 2)}, "expected last= an array of whole numbers"),
        ({"counts": [1, 2, 3]}, "of one length, got 4, 4, 3, 4"),
        ({"counts": [1, 2, 3, 4.5]}, r"whole counts .* got 4.5 in row 3"),
        ({"counts": [1, -2, 3, 4]}, r"whole counts .* got -2.0 in row 1"),
        ({"counts": [1, float("nan"), 3, 4]}, r"whole counts .* got nan in row 1"),
        ({"counts": ["1", "2", "3", "4"]}, "expected counts= an array of numbers"),
        ({"last": WEEK - 1}, "expected last days on or after first days, got 0 to -1 in row 0"),
    ],
)
def test_bad_arrays_are_refused(changed: dict[str, Any], message: str) -> None:
    given_: dict[str, Any] = {"first": WEEK, "last": WEEK, "counts": [1, 2, 3, 4], "area": [0] * 4}
    with pytest.raises(OptionError, match=message):
        fit_many(**given_ | changed)


def test_memory_is_bounded_by_the_chunk() -> None:
    """Four times the areas do not need more beside the input (48 bytes a row) and the result."""
    peaks: list[int] = []
    for number in (300, 1_200):
        counts, first = simulated(3, areas=number, weeks=60)
        start = np.tile(first, number)
        flat, area = counts.ravel(), np.repeat(np.arange(number), len(first))
        tracemalloc.start()
        found = fit_many(start, start + 6, flat, area, family="nb2", chunk_rows=6_000)
        after, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.fitted.all()
        peaks.append(peak - after - 48 * len(flat))
    assert max(peaks) < 600 * 6_000 + 4_000 * 100
