"""Mean cumulative hits and rates of hits, against R's reda, arithmetic and exhaustive search."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from facility_spells import on, register
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import MeasureError, NoReportsError, OptionError, UndefinedEstimateError
from casualtystats.rates.hitrates import bounds_of_distinct
from casualtystats.rates.hits import hit_rate
from casualtystats.rates.recurrence import mean_cumulative_function, mean_cumulative_hits

NUMBERS = json.loads((Path(__file__).parents[2] / "published" / "reference_numbers.json").read_text("utf-8"))
MCF = next(number for number in NUMBERS if number["id"] == "fa-mcf-small")
HITS = next(number for number in NUMBERS if number["id"] == "fa-hits")
WINDOWS = {"1": (0, 15), "2": (0, 15), "3": (0, 15), "4": (0, 12)}
OBSERVED = {"observed_from": 1, "observed_until": 15}

followed = st.dictionaries(st.sampled_from("abcdefg"), st.tuples(st.integers(0, 5), st.integers(6, 12)), min_size=1)
histories = followed.flatmap(
    lambda windows: st.tuples(
        st.just(windows),
        st.fixed_dictionaries(
            {name: st.lists(st.integers(began + 1, over), max_size=4) for name, (began, over) in windows.items()}
        ),
    )
)


def test_published_numbers_of_four_facilities() -> None:
    expected, rel = MCF["expected"], MCF["tolerance"]["rel"]
    robust = mean_cumulative_function(MCF["inputs"]["events"], WINDOWS)
    poisson = mean_cumulative_function(MCF["inputs"]["events"], WINDOWS, errors="poisson", interval="plain")
    days = [3, 5, 9]
    assert robust.frame["day"].to_list() == [0, *days, 15]
    assert robust.frame["mean_hits"].to_list()[1:4] == pytest.approx([expected[str(day)] for day in days], rel=rel)
    assert robust.frame["se"].to_list()[1:4] == pytest.approx(expected["se_LN"], rel=rel)
    assert poisson.frame["se"].to_list()[1:4] == pytest.approx(expected["se_Poisson"], rel=rel)
    assert robust.frame["at_risk"].to_list() == [4, 4, 4, 4, 3]
    last = robust.final.row(0, named=True)
    wide = math.exp(1.959963984540054 * last["se"])
    assert (last["ci_low"], last["ci_high"]) == (pytest.approx(1 / wide), pytest.approx(wide))
    assert poisson.final["ci_low"].item() == pytest.approx(1 - 1.959963984540054 * 0.5)
    assert str(robust) == "1.00 hits a facility (95 % robust interval 0.500 to 2.00) by day 15, 4 hits"


@given(histories)
def test_errors_are_those_of_the_formula(history: tuple[dict[str, Any], dict[str, list[int]]]) -> None:
    windows, hits = history
    frame = mean_cumulative_function(hits, windows).frame
    for row in frame.iter_rows(named=True):
        mean, each = 0.0, dict.fromkeys(windows, 0.0)
        for day in range(1, int(row["day"]) + 1):
            here = [name for name, (began, over) in windows.items() if began < day <= over]
            number = sum(hits[name].count(day) for name in here)
            for name in here:
                each[name] += (hits[name].count(day) - number / len(here)) / len(here)
            mean += number / len(here) if here else 0
        assert row["mean_hits"] == pytest.approx(mean)
        assert row["se"] ** 2 == pytest.approx(sum(part**2 for part in each.values()), abs=1e-12)
    assert frame["hits"].sum() == sum(map(len, hits.values()))


@given(st.lists(st.lists(st.integers(1, 9), max_size=5), min_size=1, max_size=8))
def test_followed_alike_it_is_the_mean_and_its_error(hits: list[list[int]]) -> None:
    last = mean_cumulative_function(dict(enumerate(hits)), dict.fromkeys(range(len(hits)), (0, 9))).final.row(
        0, named=True
    )
    counts = [len(days) for days in hits]
    mean = sum(counts) / len(counts)
    assert last["mean_hits"] == pytest.approx(mean)
    assert last["se"] == pytest.approx(math.sqrt(sum((count - mean) ** 2 for count in counts)) / len(counts), abs=1e-12)
    assert (last["ci_low"] is None) == (mean == 0)


@given(histories)
def test_names_change_nothing(history: tuple[dict[str, Any], dict[str, list[int]]]) -> None:
    windows, hits = history
    first = mean_cumulative_function(hits, windows)
    names = list(reversed(windows))
    other = mean_cumulative_function(
        {f"z{name}": hits[name] for name in names}, {f"z{name}": windows[name] for name in names}
    )
    assert first.frame["mean_hits"].to_list() == pytest.approx(other.frame["mean_hits"].to_list())
    assert first.frame["se"].to_list() == pytest.approx(other.frame["se"].to_list(), abs=1e-9)


def test_a_curve_on_one_day(tmp_path: Path) -> None:
    curve = mean_cumulative_function({"a": [3, 3]}, {"a": (0, 9), "b": (0, 9)})
    assert curve.at(5).row(0, named=True)["mean_hits"] == 1
    assert curve.at(2).row(0, named=True)["mean_hits"] == 0
    assert curve.at(10).row(0, named=True)["mean_hits"] is None
    with pytest.raises(OptionError, match="day="):
        curve.at(-1)
    curve.to_csv(tmp_path / "curve.csv")
    assert (tmp_path / "curve.csv").read_text("utf-8").count("\n") == curve.to_frame().height + 1
    assert "1.00 hits" in curve._repr_html_()
    none = mean_cumulative_function({}, {"a": (0, 9)})
    assert str(none) == "0 hits a facility by day 9, 0 hits"
    assert mean_cumulative_function({"a": [9]}, {"a": (0, 9)}).frame["day"].to_list() == [0, 9]


@pytest.mark.parametrize(
    ("events", "windows", "options", "words"),
    [
        ({"a": [3]}, {"b": (0, 9)}, {}, "got none of 'a'"),
        ({"a": [10]}, {"a": (0, 9)}, {}, "up to day 9, its follow-up; got 10"),
        ({"a": [2]}, {"a": (2, 9)}, {}, "after day 2"),
        ({"a": [None]}, {"a": (2, 9)}, {}, "got None"),
        ({}, {"a": (9, 9)}, {}, "0 <= entry < last day"),
        ({}, {"a": (0, 9)}, {"errors": "none"}, "errors="),
        ({}, {"a": (0, 9)}, {"interval": "log-log"}, "interval="),
        ({}, {"a": (0, 9)}, {"level": 95}, "level="),
    ],
)
def test_what_does_not_fit_is_refused(events: Any, windows: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        mean_cumulative_function(events, windows, **options)


def test_nobody_followed() -> None:
    with pytest.raises(NoReportsError, match="at least one facility"):
        mean_cumulative_function({}, {})
    with pytest.raises(NoReportsError, match="1 facility without"):
        mean_cumulative_hits(register([], a={}))
    with pytest.raises(NoReportsError, match="observed between 2019-07-01 and 2019-07-31"):
        mean_cumulative_hits(register([], a=OBSERVED), period="2019-07-01/2019-07-31")
    nothing: Any = None
    with pytest.raises(MeasureError, match="NoneType"):
        mean_cumulative_hits(nothing)


def test_a_register_is_followed_where_it_is_observed() -> None:
    read = register(
        [], [("a", 3), ("a", 9), ("b", 5), ("d", 3), ("d", 14), ("e", 4), (None, 6)],
        a=OBSERVED, b=OBSERVED, c=OBSERVED, d=OBSERVED | {"closed": 12}, e={},
    )  # fmt: skip
    curve = mean_cumulative_hits(read)
    assert curve.frame.drop("date", "group").equals(
        mean_cumulative_function(MCF["inputs"]["events"], WINDOWS).frame.drop("date", "group")
    )
    assert curve.frame["date"].to_list() == [None, on(3), on(5), on(9), on(15)]
    assert curve.start == on(1)
    assert curve.notes == (
        "1 facility not observed in the period left out",
        "1 hit on facilities not known left out",
        "2 hits on days on which the facility is not followed left out",
    )
    period: Any = ("2019-05-04", "2019-05-20")
    later = mean_cumulative_hits(read, period=period)
    assert later.frame["day"].to_list() == [0, 2, 6, 12]
    split = mean_cumulative_hits(read, by=["type"])
    assert split.groups == ["not stated"]
    assert str(split).startswith("not stated: 1.00 hits")
    assert len(split) == 1


def test_hits_dated_within_a_range_ask_for_a_choice() -> None:
    read = register([], [("a", (3, 8)), ("b", 5)], a=OBSERVED, b=OBSERVED)
    with pytest.raises(UndefinedEstimateError, match="dates='earliest' and dates='latest'"):
        mean_cumulative_hits(read)
    first, last = mean_cumulative_hits(read, dates="earliest"), mean_cumulative_hits(read, dates="latest")
    assert first.frame["day"].to_list() == [0, 3, 5, 15]
    assert last.frame["day"].to_list() == [0, 5, 8, 15]
    assert last.notes == ("1 hit dated within a range taken on the latest day",)
    wrong: Any = "middle"
    with pytest.raises(OptionError, match="dates="):
        mean_cumulative_hits(read, dates=wrong)


@pytest.mark.parametrize("period", ["May or June 2019", "2019-05-01/[2019-05-09..2019-05-11]", 15])
def test_a_period_must_be_exact(period: Any) -> None:
    with pytest.raises((OptionError, ValueError)):
        mean_cumulative_hits(register([], a=OBSERVED), period=period)


def test_published_numbers_of_twenty_hits() -> None:
    given_, expected, rel = HITS["inputs"], HITS["expected"], HITS["tolerance"]["rel"]
    twice = given_["twice"]
    found = hit_rate(hits=given_["facilities"] + twice, distinct=18, repeated=twice, days=given_["days"])
    row = found.frame.row(0, named=True)
    assert (row["hits"], row["distinct_low"], row["distinct_high"]) == (expected["hits"], 18, 18)
    assert row["repeat_share_low"] == row["repeat_share_high"] == pytest.approx(expected["repeat_share"], rel=1e-5)
    assert row["hits_per_day"] == pytest.approx(expected["hits_per_day"], rel=rel)
    assert [row["per_day_ci_low"], row["per_day_ci_high"]] == pytest.approx(expected["garwood"], rel=rel)
    assert row["rate"] is None
    text = "20 hits in 15 days, both ends counted: 1.33 a day (95 % exact interval 0.814 to 2.06), 18 facilities hit, 2 of "
    assert str(found) == text + "them again"
    assert "too narrow" in found.notes[0]


def test_facility_months_of_a_number_of_facilities() -> None:
    """40 facilities for 15 days: 600 / 30.4375 = 19.7125 facility-months; 20 hits are 101.458 per 100 of them."""
    row = hit_rate(40, hits=20, days=15).frame.row(0, named=True)
    assert row["facility_months"] == pytest.approx(600 / 30.4375)
    assert row["rate"] == pytest.approx(100 * 20 / 19.712525667351128)
    assert row["ci_low"] / row["rate"] == pytest.approx(0.814434639 * 15 / 20)
    assert row["distinct_low"] is None


@given(st.lists(st.integers(1, 4), min_size=0, max_size=5), st.integers(0, 3), st.integers(0, 4))
def test_bounds_are_those_of_every_way_in_which_it_may_have_been(known: list[int], unknown: int, others: int) -> None:
    room = len(known) + others
    if not room and unknown:
        return
    row = bounds_of_distinct(known, known, unknown, unknown, room)
    ways: list[tuple[int, int]] = []
    for choice in product(range(room), repeat=unknown):
        counts = [*known, *[0] * others]
        for place in choice:
            counts[place] += 1
        ways.append((sum(count > 0 for count in counts), sum(count > 1 for count in counts)))
    assert (row["distinct_low"], row["distinct_high"]) == (min(w[0] for w in ways), max(w[0] for w in ways))
    assert (row["repeated_low"], row["repeated_high"]) == (min(w[1] for w in ways), max(w[1] for w in ways))
    if known or unknown:
        shares = [again / hit for hit, again in ways]
        assert row["repeat_share_low"] == pytest.approx(min(shares))
        assert row["repeat_share_high"] == pytest.approx(max(shares))


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(1, 15)), max_size=12))
def test_hits_are_at_least_the_facilities_hit(hits: list[Any]) -> None:
    found = hit_rate(register([], hits, a=OBSERVED, b=OBSERVED, c=OBSERVED))
    row = found.frame.row(0, named=True)
    assert row["hits"] == len(hits) >= row["distinct_high"] >= row["distinct_low"]
    assert row["facility_months"] == pytest.approx(45 / 30.4375)
    assert row["unknown_facility"] == sum(name is None for name, _ in hits)
    assert row["mean_hits"] == pytest.approx(sum(name is not None for name, _ in hits) / 3)


def test_a_register_by_groups_with_dates_that_may_lie_outside(tmp_path: Path) -> None:
    hospital = {"type": "health/hospital"}
    read = register(
        [], [("a", 3), ("a", 9), ("b", (14, 18)), (None, 6), ("c", 15)],
        a=hospital | OBSERVED, b=hospital | {"opened": 11}, c={"type": "school", "closed": 10}, d={"closed": -5},
    )  # fmt: skip
    found = hit_rate(read, by=["type"])
    rows = {row["group"]: row for row in found.frame.iter_rows(named=True)}
    assert list(rows) == ["health/hospital", "not stated", "school"]
    first = rows["health/hospital"]
    assert first["facility_months"] == pytest.approx((15 + 5) / 30.4375)
    assert (first["hits_low"], first["hits"], first["hits_high"]) == (2, None, 3)
    assert (first["distinct_low"], first["distinct_high"]) == (1, 2)
    assert first["ci_low"] is None
    assert (first["repeat_share_low"], first["repeat_share_high"]) == (0.5, 1)
    assert first["mean_hits"] is None
    # A hit on a facility that is not known, and of no known type; no facility there to have months.
    assert (rows["not stated"]["hits"], rows["not stated"]["rate"], rows["not stated"]["facilities"]) == (1, None, 0)
    # Hit after it closed: the hit counts, the mean by follow-up leaves it out.
    assert (rows["school"]["hits"], rows["school"]["mean_hits"]) == (1, 0)
    assert "2 to 3 hits in 15 days, both ends counted: 304 to 457 per 100 facility-months" in str(found)
    assert "health/hospital" in found._repr_html_()
    assert any("1 hit that may lie outside" in note for note in found.notes)
    assert any("1 hit on facilities not known" in note for note in found.notes)
    found.to_csv(tmp_path / "rates.csv")
    assert found.to_frame().height == len(found) == 3
    whole = hit_rate(read, period="2019-05-14/2019-05-14").frame.row(0, named=True)
    assert (whole["hits_low"], whole["hits_high"], whole["repeat_share_low"]) == (0, 1, None)


@pytest.mark.parametrize(
    ("numbers", "error", "words"),
    [
        ({"hits": 20}, OptionError, "hits= and days="),
        ({"hits": 20, "days": 0}, OptionError, "days="),
        ({"hits": 20, "days": 15, "distinct": 21}, OptionError, "distinct= at most the 20 hits"),
        ({"hits": 20, "days": 15, "distinct": 0}, OptionError, "distinct= at least 1"),
        ({"hits": 20, "days": 15, "distinct": 18, "repeated": 3}, OptionError, "repeated= 1 to 2"),
        ({"hits": 20, "days": 15, "repeated": 2}, OptionError, "distinct= the facilities hit"),
        ({"hits": 2.5, "days": 15}, OptionError, "whole counts"),
        ({"hits": 20, "days": 15, "distinct": 18, "facilities": 17}, OptionError, "at least those hit"),
        ({"hits": 20, "days": 15, "facilities": "many"}, MeasureError, "a register"),
        ({"hits": 20, "days": 15, "by": ["type"]}, OptionError, "with a register of facilities only"),
    ],
)
def test_numbers_that_contradict_each_other(numbers: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        hit_rate(**numbers)


def test_a_rate_needs_its_days_and_one_kind_of_input() -> None:
    with pytest.raises(NoReportsError, match="a rate needs its days"):
        hit_rate(register([], [("a", 3)]))
    with pytest.raises(NoReportsError, match="that exist between"):
        hit_rate(register([], a={"closed": 1}), period="2019-07-01/2019-07-31")
    with pytest.raises(OptionError, match="got both: hits="):
        hit_rate(register([], a=OBSERVED), hits=3)
    row = hit_rate(hits=0, distinct=0, days=15).frame.row(0, named=True)
    assert (row["hits_per_day"], row["repeated_low"], row["repeat_share_low"]) == (0, 0, None)
