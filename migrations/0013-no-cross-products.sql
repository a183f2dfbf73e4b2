-- Nothing was computed from them, and sums of pairs of questions could be set against each other where people skipped one of two.
DROP TABLE result_cross;
