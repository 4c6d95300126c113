"""Facts of a call but its dates and applicants: sums, whom to ask, its number, what its source states."""
