"""Rounds of a status survey: each round a status of each facility, and nothing seen between rounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

import polars as pl

from casualtystats.errors import OptionError, ReportFileError
from casualtystats.markup import html_table
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.facilities.judge import WARNING_TYPES
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.roundspells import observed_of_rounds, spells_of_rounds
from casualtystats.reports.facilities.roundsummary import summary_of_rounds, transitions_of_rounds
from casualtystats.reports.facilities.spoken import counted
from casualtystats.schemas import FacilitySchema, HitSchema, RejectedSchema, SpellSchema
from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = ["ROUND_TYPES", "StatusRounds"]

ROUND_TYPES: Final = pl.Schema(
    {
        "round": pl.String(),
        "position": pl.Int64(),
        "facility_id": pl.String(),
        "date_earliest": pl.Date(),
        "date_latest": pl.Date(),
        "status": pl.Enum(FACILITY_STATUSES),
        "listed": pl.Boolean(),
        "territory": pl.String(),
    }
)


def _rejected() -> pl.DataFrame:
    return RejectedSchema.create_empty().select(pl.lit("").alias("table"), pl.all())


def _warnings() -> pl.DataFrame:
    return pl.DataFrame(schema=WARNING_TYPES)


@dataclass(frozen=True, eq=False, repr=False)
class StatusRounds:
    """Rounds of a status survey. Made by `read_status_rounds`.

    Parameters
    ----------
    rows : pl.DataFrame
        One facility in one round a row, in the order of rounds: `round`; `position` of the round, 0 is the first;
        `facility_id`; `date_earliest`, `date_latest` (of the assessment); `status` (null = did not report); `listed`
        (false = outside the territory of the round); `territory` (name, null = not stated).
    facilities : pl.DataFrame
        The register (`FacilitySchema`).
    rejected : pl.DataFrame
        `table` ("rounds", or "facilities"), then the columns of `RejectedSchema`.
    warnings : pl.DataFrame
        `table`, `row`, `flag`, `why`.
    places : Places
        Declared zones and names.
    origin : Origin, optional
        The publication that the table comes from.

    Raises
    ------
    ReportFileError
        If `rows` or `facilities` has other columns.

    Examples
    --------
    >>> from casualtystats.reports.facilities import read_status_rounds
    >>> rounds = read_status_rounds(pl.DataFrame({"round": [1, 1, 2], "facility_id": ["a", "b", "a"],
    ...     "date": ["2021-01-11", "2021-01-12", "2021-03-15"], "status": ["functional", "partial", "non_functional"]}))
    >>> rounds.summary().select("round", "listed", "functional", "left", "share_low", "share_high").rows()
    [('1', 2, 1, None, 0.5, 1.0), ('2', 1, 0, 1, 0.0, 0.0)]
    """

    rows: pl.DataFrame
    facilities: pl.DataFrame
    rejected: pl.DataFrame = field(default_factory=_rejected)
    warnings: pl.DataFrame = field(default_factory=_warnings)
    places: Places = field(default_factory=Places)
    origin: Origin | None = None

    def __post_init__(self) -> None:
        types = {"rows": ROUND_TYPES, "facilities": FacilitySchema.create_empty().schema}
        for name, schema in types.items():
            got = getattr(self, name).schema
            if got != schema:
                raise ReportFileError(
                    f"expected {name} with the columns and types {dict(schema)}; got {', '.join(got)}; use "
                    "read_status_rounds(...), which checks every row"
                )

    @property
    def rounds(self) -> pl.DataFrame:
        """One round a row: `round`, `position`, `date_earliest`, `date_latest`, `territory` (names joined by "; ")."""
        return (
            self.rows.sort("position", "facility_id")
            .group_by("round", "position", maintain_order=True)
            .agg(
                pl.col("date_earliest").min(),
                pl.col("date_latest").max(),
                pl.col("territory").drop_nulls().unique().sort().str.join("; "),
            )
            .with_columns(territory=pl.when(pl.col("territory") != "").then("territory"))
        )

    def __len__(self) -> int:
        return self.rows["position"].n_unique()

    def summary(self, by: list[str] | None = None) -> pl.DataFrame:
        """Count the statuses of each round, and say how its facilities differ from those of the round before.

        Parameters
        ----------
        by : list of str, optional
            "place" or "type" of the register: a row for each round and value.

        Returns
        -------
        pl.DataFrame
            `round`, `date_earliest`, `date_latest`, the columns of `by`; facilities `listed`, `reported`,
            `not_reported`, `functional`, `partial`, `non_functional`, `destroyed`, `unknown`; `entered` (listed, not in
            the round before) and `left` (listed before, not now), null in the first round;
            `share_functional_of_reported` = functional / reported; `share_low` = functional / listed and `share_high` =
            (functional + partial + unknown + not reported) / listed: those that did not report, or are unknown, may
            function or not, and a part of partial ones does. Shares of none are null.

            `matched_...`: the same statuses and shares of the facilities that reported in this round and in the one
            before, `matched_..._before` of the same facilities in the round before: another territory or other
            respondents do not disturb this comparison. Null in the first round.

        Raises
        ------
        OptionError
            If `by` names something else.
        """
        given = [] if by is None else by
        if (
            isinstance(given, str)
            or any(name not in ("place", "type") for name in given)
            or len(set(given)) < len(given)
        ):
            raise OptionError(f"expected by= a list of different columns of place, type; got {by!r}")
        return summary_of_rounds(self.rows, self.rounds, self.facilities, list(given))

    def transitions(self) -> pl.DataFrame:
        """Count the changes of status between neighbouring rounds.

        Returns
        -------
        pl.DataFrame
            `round_from`, `round_to`, `from`, `to` (a status, "not_reported" or "not_listed"), `facilities` (1 or more).
            Facilities that are listed in neither round are in no row.
        """
        return transitions_of_rounds(self.rows, self.rounds)

    def to_facilities(self, between: Literal["unchanged", "unknown"]) -> Facilities:
        """The spells that the rounds bear witness to.

        Parameters
        ----------
        between : {"unchanged", "unknown"}
            What is taken to be between two rounds in which a facility reported the same status, whatever other rounds
            lie between in which it did not report or was not listed. "unchanged": the same status; outages that began
            and ended between two rounds are unseen, so that the register counts too few of them. "unknown": nothing
            is known. (A destroyed facility stays destroyed in either case.)

        Returns
        -------
        Facilities
            With `from_rounds` True. Where two reports differ, the change lies on some day between them: the earlier
            spell ends, and the later begins, at fuzzy dates. Of the first report, the start of the status is not
            known; of the last, no end is (`still` on the last day on which it was seen).

            Under "unchanged" the facilities are observed from their first to their last report, and functional on days
            that no spell holds. Where two statuses, neither of them functional, follow each other, a functional day
            between them can not be excluded by the frames, and the bounds of availability are wider by that. Under
            "unknown" functional reports are spells of one day, and no facility is observed.

        Raises
        ------
        OptionError
            If `between` is something else.
        """
        if between not in ("unchanged", "unknown"):
            raise OptionError(f"expected between= unchanged or unknown, got {between!r}")
        spells = spells_of_rounds(self.rows, unchanged=between == "unchanged")
        register = observed_of_rounds(self.facilities, self.rows, unchanged=between == "unchanged")
        return Facilities(
            FacilitySchema.validate(register),
            SpellSchema.validate(spells),
            HitSchema.create_empty(),
            self.rejected,
            self.warnings,
            self.places,
            self.origin,
            from_rounds=True,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return the accepted rows."""
        return self.rows

    def __str__(self) -> str:
        when = ""
        first, last = self.rows["date_earliest"].min(), self.rows["date_latest"].max()
        if isinstance(first, date) and isinstance(last, date):
            when = f", {Period(first, first, last, last)}"
        said = self.rows.height - self.rows["status"].null_count()
        line = (
            f"{counted(len(self), 'round')} of {counted(self.rows['facility_id'].n_unique(), 'facility', 'facilities')}"
            f"{when}: {said:,} of {counted(self.rows.height, 'row')} with a status"
        )
        lost = self.rejected.select("table", "row").n_unique() if self.rejected.height else 0
        return f"{line}; {counted(lost, 'row')} rejected (see .rejected)" if lost else line

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = "" if self.origin is None else f"{self.origin.producer}: {self.origin.title}. "
        shown = ["round", "listed", "reported", *FACILITY_STATUSES, "entered", "left"]
        return html_table(self.summary().select(shown), title + str(self))
