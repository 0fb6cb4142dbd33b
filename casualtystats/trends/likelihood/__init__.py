"""The likelihood of interval totals: counts with bounds, a composite link, and ends that are not exactly known."""
