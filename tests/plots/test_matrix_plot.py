"""Heat maps of moves: the cells, their texts and their marks."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.places import Places
from casualtystats.plots.data.matrix import flow_matrix_alt, matrix_picture, short_count
from casualtystats.plots.files import figure_bytes
from casualtystats.plots.matrix import flow_matrix as draw
from casualtystats.series.movements import FlowMatrix, flow_matrix
from casualtystats.testing import reports_of


def said(place: str | None, destination: str | None, low: int, high: int | None = -1, **more: Any) -> dict[str, Any]:
    top = low if high == -1 else high
    row: dict[str, Any] = {"place": place, "destination": destination, "measure": "displaced", "unit": "displacements"}
    row |= {
        "start_earliest": date(2019, 4, 29),
        "end_latest": date(2019, 5, 9),
        "source": "Simulated cluster",
        "low": low,
    }
    return row | {"high": top, "best": low if low == top else None} | more


ROWS = [
    said("S/Idlib", None, 180_000),
    said("S/Idlib", "S/Idlib", 155_800, 172_200, best=164_000, qualifier="approximately"),
    said("S/Hama", "S/Idlib", 5_200),
    said("S/Hama", "S/Aleppo", 900, None),
    said("S/Aleppo", None, 2_400),
]


def small(**more: Any) -> FlowMatrix:
    return flow_matrix(reports_of([row | more for row in ROWS]))


@cache
def many(number: int) -> FlowMatrix:
    """Simulated moves between places: each margin, the total, and two of three cells."""
    names = [f"S/District {chr(65 + at)}" for at in range(number)]
    counts = {
        (a, b): 37 * (at + 1) * (1 + (3 * at + 5 * bt) % 11) for at, a in enumerate(names) for bt, b in enumerate(names)
    }
    rows = [said(a, None, sum(counts[a, b] for b in names) + 20) for a in names]
    rows += [said(a, b, n) for at, ((a, b), n) in enumerate(counts.items()) if at % 3]
    return flow_matrix(reports_of([*rows, said(None, None, sum(counts.values()) + 30 * number)]), destinations=names)


def gids(ax: Any, name: str) -> list[Any]:
    return [artist for artist in [*ax.patches, *ax.texts] if artist.get_gid() == name]


def legend(ax: Any) -> list[Any]:
    texts: list[Any] = ax.get_legend().get_texts()
    return texts


def inside(ax: Any) -> bool:
    """Whether no text leaves the picture."""
    figure = ax.get_figure()
    figure.draw_without_rendering()
    box = figure.bbox
    texts = [
        text
        for text in ax.findobj(lambda artist: hasattr(artist, "get_text"))
        if text.get_text() and text.get_visible()
    ]
    extents = [text.get_window_extent() for text in texts]
    return all(e.x0 >= box.x0 - 1 and e.x1 <= box.x1 + 1 and e.y0 >= box.y0 - 1 and e.y1 <= box.y1 + 1 for e in extents)


def test_the_cells_of_the_picture() -> None:
    picture = matrix_picture(small())
    assert picture.rows == ("Aleppo", "Hama", "Idlib", "elsewhere or not stated", "all")
    assert picture.columns == ("Aleppo", "Idlib", "elsewhere or not stated", "all")
    cells = {(row["row"], row["column"]): row for row in picture.cells.to_dicts()}
    assert len(cells) == 20
    states = {at: cells[at]["state"] for at in cells}
    assert [states[at] for at in ((0, 0), (1, 0), (1, 1), (2, 1), (3, 0), (0, 3))] == [
        "range", "floor", "exact", "about", "unbounded", "exact",
    ]  # fmt: skip
    assert cells[2, 1]["texts"][0] == "≈ 164,000"
    assert cells[0, 0]["texts"] == ["0–2,400", "0–2.4k", "0–\n2.4k"]
    assert cells[1, 0]["texts"] == ["≥ 900", "≥900"]
    assert (cells[2, 1]["low_shade"], cells[2, 1]["high_shade"]) == (pytest.approx((155_800 / 172_200) ** 0.5), 1.0)
    assert (cells[1, 0]["high_shade"], cells[2, 3]["low_shade"]) == (None, None)
    assert (cells[2, 1]["stated"], cells[0, 0]["stated"], cells[2, 3]["stated"]) == (True, False, True)
    assert picture.sentence == "In all at least 188,500 displacements (movements), 29 April to 9 May 2019."
    assert picture.source == "Source: Simulated cluster"


def test_people_and_places_of_one_name() -> None:
    rows = [said("S/A/north", "S/B/north", 3, unit="people"), said("S/A/north", "S/A/south", 2, unit="people")]
    rows += [said("S/B/north", "zone", 1, unit="people")]
    places = Places({"zone": ("T",)}, {"zone": "the coast"})
    picture = matrix_picture(flow_matrix(reports_of(rows, places=places)))
    assert picture.rows[:2] == ("north, A", "north, B")
    assert picture.columns[:3] == ("south", "north", "the coast")
    assert "do not add up to margins" in picture.sentence


@given(st.integers(0, 10**9))
def test_short_counts_never_say_more_than_is_known(number: int) -> None:
    def read(text: str) -> float:
        return float(text.rstrip("kM")) * {"k": 1e3, "M": 1e6}.get(text[-1], 1)

    down, up = read(short_count(number, "down")), read(short_count(number, "up"))
    assert round(down) <= number <= round(up)
    assert up - down <= max(1, number / 90)
    assert down <= read(short_count(number)) <= up
    assert len(short_count(number).rstrip("kM").replace(".", "")) <= 4


@pytest.mark.parametrize(("number", "width"), [(1, 3.5), (3, 3.5), (3, 7.0), (8, 3.5), (8, 7.0), (15, 3.5), (15, 7.0)])
def test_it_is_readable_at_both_widths(number: int, width: float) -> None:
    ax = draw(many(number), width=width, title="Moves")
    assert inside(ax)
    texts = gids(ax, "count")
    assert len(texts) == matrix_picture(many(number)).cells.height
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in texts]
    # A thousandth of overlap is rounding of pixels; the digits themselves do not touch.
    for at, one in enumerate(boxes):
        for other in boxes[:at]:
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            tall = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(wide, tall) <= 0.15 * min(one.width, one.height), (texts[at].get_text(), number, width)


def test_stated_and_implied_are_told_apart_in_grey() -> None:
    ax = draw(small())
    stated, bounded = gids(ax, "stated"), gids(ax, "bounded")
    assert (len(stated), len(bounded)) == (5, 9)
    assert {patch.get_linestyle() for patch in stated} == {"solid"}
    assert all(patch.get_linestyle() != "solid" for patch in bounded)
    # Every cell that is not exact is hatched.
    assert len(gids(ax, "most")) == 11
    assert all(patch.get_hatch() for patch in gids(ax, "most"))
    words = {" ".join(text.get_text().split()) for text in legend(ax)}
    assert words == {
        "stated by a report", "implied by the reports", "range: most above the diagonal, least below; ≈: its best value",
        "no upper bound; ?: nothing bounds it",
    }  # fmt: skip
    assert {text.get_text() for text in gids(ax, "side")} == {"from ↓", "to →"}
    assert gids(ax, "unit")[0].get_text() == "displacements (movements), 29 April to 9 May 2019"


def test_a_matrix_without_ranges_has_a_short_key() -> None:
    whole = flow_matrix(reports_of([said("A", "A", 3), said("A", None, 3)]), place="A")
    assert "implied by the reports" in {text.get_text() for text in legend(draw(whole))}


def test_given_axes_and_equal_bytes() -> None:
    figure = Figure(figsize=(7, 5))
    given_axes = figure.add_subplot()
    assert draw(small(), ax=given_axes) is given_axes
    assert figure_bytes(draw(small()), "svg") == figure_bytes(draw(small()), "svg")
    with pytest.raises(OptionError, match=r"width= 2\.5 to 40 inches"):
        draw(small(), width=1)


def test_other_things_are_no_matrix() -> None:
    reports: Any = reports_of(ROWS)
    module: Any = cs
    with pytest.raises(KindError, match=r"expected a matrix of moves \(flow_matrix\(reports\)\), got reports"):
        draw(reports)
    with pytest.raises(MeasureError, match="expected a matrix of moves"):
        flow_matrix_alt(module)


def test_the_text_for_those_who_do_not_see_it() -> None:
    text = flow_matrix_alt(small())
    assert text.startswith(
        "Heat map of moves from 3 places to 2 places: displacements (movements), 29 April to 9 May 2019."
    )
    assert "From Idlib to Idlib about 164,000; from Idlib to elsewhere or not stated 0 to 24,200 (implied)" in text
    assert "from Hama to Aleppo at least 900" in text
    assert text.lower().count("from ") == 9
    assert "; and 73 more" in flow_matrix_alt(many(8))
    none = flow_matrix(reports_of([said("A", "X", 0, 4), said("B", "X", 0, 4, unit="people")]), unit="people")
    assert "0 to 4" in flow_matrix_alt(none)
