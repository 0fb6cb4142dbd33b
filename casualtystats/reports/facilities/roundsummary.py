"""Counts of status rounds, each beside the round before."""

from __future__ import annotations

import polars as pl

from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = ["summary_of_rounds", "transitions_of_rounds"]


def _beside(rows: pl.DataFrame) -> pl.DataFrame:
    """Each facility that is listed in a round or in the one before: its status in both."""
    listed = rows.filter("listed").select("facility_id", "position", status="status", here=pl.lit(value=True))
    before = listed.select("facility_id", position=pl.col("position") + 1, status_before="status", there="here")
    last = pl.lit(rows["position"].max(), pl.Int64)
    return (
        listed.join(before, on=["facility_id", "position"], how="full", coalesce=True)
        .with_columns(pl.col("here", "there").fill_null(value=False))
        .filter(pl.col("position") <= last)
    )


def _statuses(prefix: str, of: str, where: pl.Expr) -> list[pl.Expr]:
    return [
        (where & (pl.col(of).cast(pl.String) == status)).sum().cast(pl.Int64).alias(prefix.format(status))
        for status in FACILITY_STATUSES
    ]


def _shares(prefix: str, whole: str) -> list[pl.Expr]:
    """Shares over columns named by a prefix: of reported, and low and high of all."""

    def count(name: str) -> pl.Expr:
        return pl.col(prefix.format(name))

    def share(part: pl.Expr, all_: pl.Expr, name: str) -> pl.Expr:
        return pl.when(all_ > 0).then(part / all_).alias(prefix.format(name))

    maybe = count("functional") + count("partial") + count("unknown") + (count(whole) - count("reported"))
    return [
        share(count("functional"), count("reported"), "share_functional_of_reported"),
        share(count("functional"), count(whole), "share_low"),
        share(maybe, count(whole), "share_high"),
    ]


def summary_of_rounds(
    rows: pl.DataFrame, rounds: pl.DataFrame, facilities: pl.DataFrame, by: list[str]
) -> pl.DataFrame:
    """The frame of `StatusRounds.summary`."""
    here, there = pl.col("here"), pl.col("there")
    said = here & pl.col("status").is_not_null()
    both = said & there & pl.col("status_before").is_not_null()
    beside = _beside(rows).join(facilities.select("facility_id", *by), on="facility_id", how="left")
    counts = beside.group_by("position", *by).agg(
        here.sum().cast(pl.Int64).alias("listed"),
        said.sum().cast(pl.Int64).alias("reported"),
        (here & ~said).sum().cast(pl.Int64).alias("not_reported"),
        *_statuses("{}", "status", said),
        (here & ~there).sum().cast(pl.Int64).alias("entered"),
        (there & ~here).sum().cast(pl.Int64).alias("left"),
        both.sum().cast(pl.Int64).alias("matched_reported"),
        *_statuses("matched_{}", "status", both),
        both.sum().cast(pl.Int64).alias("matched_reported_before"),
        *_statuses("matched_{}_before", "status_before", both),
    )
    grid = rounds.select("round", "position", "date_earliest", "date_latest")
    if by:
        values = facilities.select(by).unique().sort(by, nulls_last=True)
        grid = grid.join(values, how="cross", maintain_order="left_right")
    whole = grid.join(counts, on=["position", *by], how="left", nulls_equal=True, maintain_order="left")
    numbers = [name for name in counts.columns if name not in ("position", *by)]
    later = [name for name in numbers if name.startswith("matched_") or name in ("entered", "left")]
    made = (
        whole.with_columns(pl.col(numbers).fill_null(0))
        .with_columns(pl.when(pl.col("position") > 0).then(pl.col(name)).alias(name) for name in later)
        .with_columns(
            *_shares("{}", "listed"),
            *_shares("matched_{}", "reported"),
            *_shares("matched_{}_before", "reported"),
        )
        .drop("position", "matched_reported_before")
    )
    plain = [name for name in made.columns if not name.startswith("matched_")]
    return made.select(*plain, pl.exclude(plain))


def transitions_of_rounds(rows: pl.DataFrame, rounds: pl.DataFrame) -> pl.DataFrame:
    """The frame of `StatusRounds.transitions`."""
    words = pl.Enum([*FACILITY_STATUSES, "not_reported", "not_listed"])

    def word(status: str, listed: str) -> pl.Expr:
        said = pl.col(status).cast(pl.String).fill_null("not_reported")
        return pl.when(pl.col(listed)).then(said).otherwise(pl.lit("not_listed")).cast(words)

    names = rounds.select("position", "round")
    return (
        _beside(rows)
        .filter(pl.col("position") > 0)
        .group_by("position", word("status_before", "there").alias("from"), word("status", "here").alias("to"))
        .agg(facilities=pl.len().cast(pl.Int64))
        .join(names, on="position")
        .join(names.select(pl.col("position") + 1, round_from="round"), on="position")
        .sort("position", "from", "to")
        .select("round_from", round_to="round", **{"from": "from", "to": "to", "facilities": "facilities"})
    )
