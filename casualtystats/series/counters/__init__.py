"""Published counters as running totals: read row by row, cut at their breaks, and as newly reported counts."""
