/* Words that several reports share. */
#ifndef HECHT_ANALYSE_WORDS_H
#define HECHT_ANALYSE_WORDS_H

#include "analyse/report.h"

/* A probability that comes from an estimate: "86 %", but never 0 or 100 %: "less than 1 %", "more than 99
 * %". */
struct slice words_chance(const struct report *report, double probability);
/* A share that was counted: 0 and 100 % only when it is none or all. */
struct slice words_share(const struct report *report, double share);
/* A number as it stands in a file, such as a year: a whole one without groups, others with the
 * decimals they have, at most 3. */
struct slice words_plain(const struct report *report, double value);
/* How many decimals show differences on a range of values: 0 for hundreds, 2 for a scale of 1 to 5. */
int words_decimals(double range);
/* "12 (10 to 14)": a value with its interval; without the interval when that is not there. */
struct slice words_interval(const struct report *report, double value, double low, double high, int decimals);
/* The key "reason" of the open object: why something is null. In English, whatever the language of the
 * report. */
void words_why(struct json_writer *json, enum message why);

#endif
