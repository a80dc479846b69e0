"""Pages of collecting figures: entering, reviewing, deadlines."""
