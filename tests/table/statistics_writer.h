/* Makes small files of SPSS and Stata, with ReadStat's writer. */
#ifndef HECHT_TESTS_TABLE_STATISTICS_WRITER_H
#define HECHT_TESTS_TABLE_STATISTICS_WRITER_H

#include "table/table.h"

#include <readstat.h>

enum written_format { WRITTEN_SAV, WRITTEN_SAV_ROWS, WRITTEN_ZSAV, WRITTEN_DTA_OLD, WRITTEN_DTA };

/* Columns: team (text), i1 (number; in SPSS 99 and 7 to 8 are user missing), x (decimal), f (single), wide
 * (a long text), n (integer; in Stata tagged missing values). `rows` rows, numbered r from 0:   team "t"
 * and r / 3, empty when r % 10 is 9;  i1 1 + r % 5, missing when r % 10 is 8, 99 when it is 7;   x r +
 * .25;  f 0.1;  wide r % statistics_width() times "w";  n 1000 + r. */
int statistics_width(enum written_format format);
void write_statistics(struct buffer *out, enum written_format format, int rows);

#endif
