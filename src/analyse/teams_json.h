/* Parts of the JSON of `analyse teams`; for teams_*json.c only. */
#ifndef HECHT_ANALYSE_TEAMS_JSON_H
#define HECHT_ANALYSE_TEAMS_JSON_H

#include "analyse/analyse_teams.h"

/* Why something does not exist, in English, for a reason of src/stats or for "no-range". */
const char *teams_reason(const char *reason);

void teams_write_real(struct json_writer *json, const char *key, double value);
void teams_write_integer(struct json_writer *json, const char *key, int64_t value);
void teams_write_pair(struct json_writer *json, const char *key, const double pair[static 2]);
/* "reason": text; nothing for NULL. */
void teams_write_reason(struct json_writer *json, const char *text);

/* A column of a list of teams: the double at `offset` of each of `count` rows of `size` bytes, of those
 * with n > 0. */
struct teams_rows {
    const char *first;
    size_t size, count;
    const int64_t *n; /* of the first row; NULL: all rows */
};
void teams_write_column(struct json_writer *json, const char *key, const struct teams_rows *rows,
                        size_t offset);

void teams_write_agreement(struct json_writer *json, const struct teams_result *result,
                           const struct teams_scale *scale);
void teams_write_score(struct json_writer *json, const struct teams_result *result,
                       const struct teams_scale *scale);

#endif
