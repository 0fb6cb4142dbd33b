"""Small made-up worlds of people who flee, move on, return, settle, are born, die and arrive; and reports of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

import casualtystats as cs
from casualtystats.reports import Reports

FIRST = date(2019, 4, 1)
KINDS = ("displaced", "onward", "returned", "settled", "births", "deaths", "arrivals")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@dataclass
class World:
    """Stocks at the end of each day, and events (day, kind, person) of which displaced holds the onward moves too."""

    stocks: list[int] = field(default_factory=list)
    events: list[tuple[int, str, int]] = field(default_factory=list)

    def count(self, kind: str, first: int, last: int) -> int:
        """What happened on the days from first to last; arrivals less departures."""
        if kind == "arrivals":
            return self.count("arrived", first, last) - self.count("departed", first, last)
        return sum(kind == known and first <= at <= last for at, known, _ in self.events)


def simulated(seed: int, days: int, people: int = 12) -> World:
    """Everybody, every day, does one thing or nothing."""
    random, world = Random(seed), World()
    states = [random.choice(["home", "displaced"]) for _ in range(people)]
    for at in range(days):
        for who, state in enumerate(list(states)):
            told, after = [], state
            chance = random.random()
            if state == "home" and chance < 0.15:
                told, after = ["displaced"], "displaced"
            elif state == "displaced":
                steps = [
                    (["displaced", "onward"], "displaced"), (["returned"], "home"), (["settled"], "gone"),
                    (["deaths"], "gone"), (["departed"], "gone"),
                ]  # fmt: skip
                limits = [0.08, 0.16, 0.18, 0.2, 0.22]
                told, after = next(
                    (step for step, most in zip(steps, limits, strict=True) if chance < most), ([], state)
                )
            world.events += [(at, kind, who) for kind in told]
            states[who] = after
        if random.random() < 0.2:
            kind = random.choice(["births", "arrived"])
            world.events.append((at, kind, len(states)))
            states.append("displaced")
        world.stocks.append(states.count("displaced"))
    return world


def said(random: Random, truth: int) -> dict[str, Any]:
    """A true statement of a count, of some kind."""
    low, high = max(0, truth - random.randint(0, 2)), truth + random.randint(0, 2)
    return random.choice(
        [
            {"qualifier": "exactly", "value": truth},
            {"qualifier": "at_least", "value": low},
            {"qualifier": "up_to", "value": high},
            {"qualifier": "between", "low": low, "high": high},
        ]
    )


def read(rows: list[dict[str, Any]]) -> Reports:
    names = [
        "report_id",
        "measure",
        "unit",
        "kind",
        "qualifier",
        "value",
        "low",
        "high",
        "start",
        "end",
        "place",
        "group",
        "source",
    ]
    texts = [{name: None if row.get(name) is None else str(row[name]) for name in names} for row in rows]
    found = cs.read_reports(pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String)))
    assert found.rejected.is_empty(), found.rejected
    return found


def stock(name: str, when: date | str, value: int | None = None, **more: Any) -> dict[str, Any]:
    row = {
        "report_id": name,
        "measure": "idps",
        "unit": "people",
        "kind": "stock",
        "start": when,
        "qualifier": "exactly",
    }
    return row | {"value": value} | more


def flow(
    name: str, measure: str, first: date | str, last: date | str, value: int | None = None, **more: Any
) -> dict[str, Any]:
    row = {"report_id": name, "measure": measure, "unit": "displacements", "kind": "flow", "start": first, "end": last}
    return row | {"qualifier": "exactly", "value": value} | more
