#include "kept.h"

STATEMENT(
    KEPT_ROUND,
    "INSERT INTO round (org_id, round_number, form, state, opens_at, closes_at, extended_at, closed_at) "
    "VALUES ($1, $2, $3, 'closed', $4, $5, $5, $5)");
STATEMENT(KEPT_PART,
          "INSERT INTO team_round (org_id, round_number, team_id, rid, descriptor, leader_id, roster_count, "
          "state, guess_shown) VALUES ($1, $2, $3, $4, $4, $5, $6, 'closed', 0)");
STATEMENT(KEPT_GROUP,
          "INSERT INTO result_group (org_id, round_number, group_kind, group_id, answers, leaders) "
          "VALUES ($1, $2, $3, $4, $5, 1)");
STATEMENT(
    KEPT_CONSTRUCT,
    "INSERT INTO result_construct (org_id, round_number, group_kind, group_id, construct, reason, n, mean, "
    "score_n, "
    "score_sum, score_sum_squares, score_scale) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $9, $10, 5)");
STATEMENT(KEPT_HIDDEN,
          "INSERT INTO result_construct (org_id, round_number, group_kind, group_id, construct, reason) "
          "VALUES ($1, $2, $3, $4, $5, $6)");
STATEMENT(KEPT_ITEM,
          "INSERT INTO result_item (org_id, round_number, group_kind, group_id, item, construct, reason, "
          "lowest, counts) VALUES ($1, $2, 'team', $3, $4, $5, $6, 1, $7)");
STATEMENT(KEPT_POOL,
          "INSERT INTO result_pool (org_id, round_number, construct, within_variance, within_df, teams, "
          "reason, mu, se_mu, "
          "tau2, sigma2, person_variance, level_variance_per_day, noise_estimated, level_estimated) "
          "VALUES ($1, $2, $3, $4, $5, 12, $6, $7, $8, $9, $10, $11, $12, 0, 0)");

static struct store_value text(const char *value)
{
    return V_TEXT(slice_from_text(value));
}

void kept_round(struct world *w, int64_t number, int64_t days, const char *form)
{
    int64_t opens = WORLD_START + days * DAY_SECONDS;
    world_execute(w, &KEPT_ROUND,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), text(form), V_INTEGER(opens),
                             V_INTEGER(opens + 7 * DAY_SECONDS)));
}

void kept_part(struct world *w, int64_t number, int64_t team, int64_t leader, int64_t roster)
{
    uint8_t rid[32];
    random_bytes(&w->random, rid, sizeof rid);
    world_execute(w, &KEPT_PART,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), V_INTEGER(team),
                             V_BYTES(slice_from_bytes(rid, sizeof rid)),
                             leader != 0 ? V_INTEGER(leader) : V_NULL, V_INTEGER(roster)));
}

void kept_group(struct world *w, int64_t number, const char *kind, int64_t group, int64_t answers)
{
    world_execute(
        w, &KEPT_GROUP,
        PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), text(kind), V_INTEGER(group), V_INTEGER(answers)));
}

void kept_construct(struct world *w, int64_t number, const char *kind, int64_t group, const char *construct,
                    const char *reason, int64_t n, double mean)
{
    if (reason[0] != '\0') {
        world_execute(w, &KEPT_HIDDEN,
                      PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), text(kind), V_INTEGER(group),
                                 text(construct), text(reason)));
        return;
    }
    int64_t score = (int64_t)(mean * 5 + 0.5);
    world_execute(w, &KEPT_CONSTRUCT,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), text(kind), V_INTEGER(group),
                             text(construct), text(reason), V_INTEGER(n), V_REAL(mean), V_INTEGER(n * score),
                             V_INTEGER(n * score * score)));
}

void kept_item(struct world *w, int64_t number, int64_t team, const char *item, const char *construct,
               const char *reason, const char *counts)
{
    world_execute(w, &KEPT_ITEM,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), V_INTEGER(team), text(item),
                             text(construct), text(reason), counts != NULL ? text(counts) : V_NULL));
}

void kept_pool(struct world *w, int64_t number, const struct kept_pool *pool)
{
    bool pooled = pool->reason[0] == '\0', noise = pool->person_variance > 0;
    world_execute(w, &KEPT_POOL,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(number), text(pool->construct),
                             V_REAL(pool->within_variance), V_INTEGER(pool->within_df), text(pool->reason),
                             pooled ? V_REAL(pool->mu) : V_NULL, pooled ? V_REAL(pool->se_mu) : V_NULL,
                             pooled ? V_REAL(pool->tau2) : V_NULL, pooled ? V_REAL(pool->sigma2) : V_NULL,
                             noise ? V_REAL(pool->person_variance) : V_NULL,
                             noise ? V_REAL(pool->q) : V_NULL));
}
