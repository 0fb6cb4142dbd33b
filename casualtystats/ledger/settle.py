"""The rules that a caller can name where reports contradict each other: give way, or trust sources in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from casualtystats.errors import OptionError
from casualtystats.ledger.audit import AuditLine
from casualtystats.ledger.conflicts import find_conflict
from casualtystats.ledger.solve.elastic import Elastic
from casualtystats.ledger.solve.system import System
from casualtystats.ledger.statements import Statement, spoken_bounds

__all__ = ["relaxed", "trusted"]


def relaxed(system: System, statements: Sequence[Statement]) -> tuple[list[Statement], list[AuditLine]]:
    """Statements that give way as little as possible in total.

    Where the least total can be split in several ways, each bound gives way by the most that it does in any of them,
    so that what follows holds for every such split.
    """
    found = list(statements)
    audit: list[AuditLine] = []
    for (number, side), amount in Elastic(system).largest().items():
        before = found[number]
        if side == "low":
            found[number] = replace(before, low=max(0, before.low - amount))
        else:
            found[number] = replace(before, high=None if before.high is None else before.high + amount)
    for before, after in zip(statements, found, strict=True):
        if (before.low, before.high) != (after.low, after.high):
            read = spoken_bounds(after.low, after.high)
            words = f"{before.said} is read as {read}: the least by which contradictory reports give way"
            # Relays of it have a line of their own.
            audit.append(AuditLine(before.ids[0], "loosened", None, words))
    return found, audit


def trusted(
    build: Callable[[Sequence[Statement]], System], statements: Sequence[Statement], order: Sequence[str]
) -> tuple[list[Statement], list[AuditLine]]:
    """Statements without those that contradict a source that is trusted more; sources that are not named come last.

    Statements of one rank that contradict each other stay, and are found as a contradiction.

    Raises
    ------
    OptionError
        If the list names a source that no report has.
    """
    there = {statement.row["source"] for statement in statements}
    unknown = [name for name in order if name not in there]
    if unknown:
        have = ", ".join(sorted(name for name in there if name is not None)) or "none"
        raise OptionError(f"expected trust= sources of the reports in the ledger ({have}), got {unknown[0]!r}")
    rank = {name: at for at, name in enumerate(order)}
    tiers: list[list[int]] = [[] for _ in range(len(order) + 1)]
    for number, statement in enumerate(statements):
        tiers[rank.get(statement.row["source"], len(order))].append(number)
    system = build(statements)
    kept: list[int] = []
    audit: list[AuditLine] = []
    for tier in tiers:
        if not find_conflict(system.only([*kept, *tier])):
            kept += tier
            continue
        fits: list[int] = []
        for number in tier:
            group = find_conflict(system.only([*kept, number]))
            # A group without it is a contradiction among those that are kept, which stays.
            others = [other for other in group if other != number] if number in group else []
            if others:
                by = statements[others[0]].ids[0]
                names = ", ".join(statements[other].name for other in others)
                reason = f"it contradicts {names}, of a source that is trusted more"
                audit += [AuditLine(name, "not_trusted", by, reason) for name in statements[number].ids]
            else:
                fits.append(number)
        # Together they may contradict what is trusted more, each of them alone not: then all of them give way.
        while group := find_conflict(system.only([*kept, *fits])):
            more = [other for other in group if other in kept]
            less = [number for number in group if number in fits]
            if not more or not less:
                break
            names = ", ".join(statements[other].name for other in more)
            reason = f"with others of its rank it contradicts {names}, of a source that is trusted more"
            for number in less:
                by = statements[more[0]].ids[0]
                audit += [AuditLine(name, "not_trusted", by, reason) for name in statements[number].ids]
            fits = [number for number in fits if number not in less]
        kept += fits
    return [statements[number] for number in sorted(kept)], audit
