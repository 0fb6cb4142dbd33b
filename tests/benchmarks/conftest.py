"""Collects what the benchmarks measured and prints it as ratios of one run."""

from __future__ import annotations

from collections import defaultdict

import pytest

MEASURED: dict[str, dict[str, float]] = defaultdict(dict)
UNITS: dict[str, str] = {}


@pytest.fixture
def note():
    """Note what was measured: note(row, column, value, unit)."""

    def noted(row: str, column: str, value: float, unit: str = "s") -> None:
        MEASURED[row][column] = value
        UNITS[row] = unit

    return noted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not MEASURED:
        return
    write = terminalreporter.write_line
    write("")
    write(f"{'measured in this run':<44}{'ours':>11}{'peer':>11}{'ratio':>8}{'explode':>11}")
    for row, found in MEASURED.items():
        unit = UNITS[row]
        ours, peer, other = found.get("ours"), found.get("peer"), found.get("explode")
        ratio = f"{ours / peer:.2f}" if ours and peer else "–"
        cells = [f"{value:.2f} {unit}" if value else "–" for value in (ours, peer)]
        last = f"{other:.2f} {unit}" if other else "–"
        write(f"{row:<44}{cells[0]:>11}{cells[1]:>11}{ratio:>8}{last:>11}")
