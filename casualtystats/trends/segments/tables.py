"""Segments and joints as frames."""

from __future__ import annotations

from typing import Any

import polars as pl

from casualtystats.trends.segments.parts import Joint, Segment

__all__ = ["joints_frame", "segments_frame"]


def segments_frame(segments: tuple[Segment, ...]) -> pl.DataFrame:
    """One row a segment, in the columns of `SegmentedTrend.to_frame`."""
    rows: list[dict[str, Any]] = []
    for number, segment in enumerate(segments, 1):
        day, week, double = segment.growth_per_day, segment.growth_per_week, segment.doubling
        rows.append({
            "segment": number, "first_day": segment.first_day, "last_day": segment.last_day,
            "growth_per_day": day.value, "growth_per_day_low": day.low, "growth_per_day_high": day.high,
            "growth_per_week": week.value, "growth_per_week_low": week.low, "growth_per_week_high": week.high,
            "source_low": segment.source_low, "source_high": segment.source_high,
            "direction": double.direction, "days_to_double_or_halve": double.days, "level": segment.level,
        })  # fmt: skip
    dates, texts = ("first_day", "last_day"), ("direction",)
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(rows[0], pl.Float64)
    schema |= dict.fromkeys(dates, pl.Date) | dict.fromkeys(texts, pl.String) | {"segment": pl.Int64}
    return pl.DataFrame(rows, schema=schema)


def joints_frame(joints: tuple[Joint, ...]) -> pl.DataFrame:
    """One row a joint, in the columns of `SegmentedTrend.joints_frame`."""
    columns = {
        "joint": pl.Int64, "date": pl.Date, "first_date": pl.Date, "last_date": pl.Date, "open_low": pl.Boolean,
        "open_high": pl.Boolean, "at": pl.Float64, "se": pl.Float64, "low": pl.Float64, "high": pl.Float64,
        "slope_ratio": pl.Float64, "slope_ratio_low": pl.Float64, "slope_ratio_high": pl.Float64,
        "level": pl.Float64,
    }  # fmt: skip
    rows = [
        (
            number, joint.date, joint.first_date, joint.last_date, joint.open_low, joint.open_high, joint.at,
            joint.se, joint.low, joint.high, joint.ratio.value, joint.ratio.low, joint.ratio.high, joint.level,
        )
        for number, joint in enumerate(joints, 1)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=columns, orient="row")
