/* Parts of the JSON of `analyse teams`; for teams_*json.c only. */
#ifndef HECHT_ANALYSE_TEAMS_JSON_H
#define HECHT_ANALYSE_TEAMS_JSON_H

#include "analyse/analyse_teams.h"
#include "analyse/teams_why.h"

void teams_write_real(struct json_writer *json, const char *key, double value);
void teams_write_integer(struct json_writer *json, const char *key, int64_t value);
void teams_write_pair(struct json_writer *json, const char *key, const double pair[static 2]);
/* The key "reason"; nothing for MESSAGE_NONE. */
void teams_write_reason(struct json_writer *json, enum message why);
/* "reason": one per row, null for MESSAGE_NONE; nothing at all when there is none. Rows that listed says
 * no to are left out; NULL: none is. */
void teams_write_reasons(struct json_writer *json, size_t count, enum message (*why)(const void *, size_t),
                         bool (*listed)(const void *, size_t), const void *context);

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
