#include "pulse/bodies.h"

STATEMENT(BODIES_READ,
          "SELECT answer_id, body FROM sealed_answer WHERE org_id = $1 AND rid = $2 ORDER BY answer_id");

static struct slice body_bound(const struct team_round *round, struct slice answer_id, uint8_t room[64])
{
    memcpy(room, round->rid, 32);
    memcpy(room + 32, answer_id.data, answer_id.length < 32 ? answer_id.length : 32);
    return slice_from_bytes(room, 64);
}

/* An answer without any answer is none: that is how a member takes it back. Its row stays until the close, so that
 * an older message which arrives late cannot bring it back. */
static bool says_anything(const struct answer_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].value != 0)
            return true;
    return false;
}

static enum error_code open_one(const struct store_rows *rows, const struct team_round *round,
                                const struct seal_key *key, const struct descriptor *descriptor,
                                struct region *region, struct error *error, struct bodies *bodies)
{
    uint8_t room[64];
    struct slice plain, body;
    int64_t version;
    struct answer_token token;
    struct answer_cell *cells = bodies->cells + bodies->count * bodies->item_count;
    TRY(seal_open(key, body_bound(round, store_column_bytes(rows, 0), room), store_column_bytes(rows, 1),
                  region, error, &plain));
    TRY(answer_record_read(plain, round->logged, error, &token, &body));
    TRY(answer_body_read(body, bodies->item_count, error, &version, cells));
    if (!says_anything(cells, bodies->item_count))
        return OK;
    for (size_t i = 0; i < bodies->item_count; i++)
        cells[i].item = descriptor->items[i];
    if (bodies->tokens != NULL)
        bodies->tokens[bodies->count] = token;
    bodies->count++;
    return OK;
}

enum error_code bodies_open(struct store_session *session, const struct application *application,
                            const struct team_round *round, const struct descriptor *descriptor,
                            size_t maximum, struct region *region, struct error *error,
                            struct bodies *ret_bodies)
{
    struct bodies bodies = {.item_count = descriptor->item_count};
    CLEANUP(seal_key_wipe) struct seal_key key = {0};
    bodies.cells = REGION_ARRAY(region, maximum * bodies.item_count, struct answer_cell);
    bodies.tokens = round->logged ? REGION_ARRAY(region, maximum, struct answer_token) : NULL;
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(team_round_data_key(application, round, region, error, &key));
    STORE_ROWS(rows);
    TRY(store_select(session, &BODIES_READ,
                     PARAMETERS(V_INTEGER(round->org), V_BYTES(slice_from_bytes(round->rid, 32))), error,
                     &rows));
    while (bodies.count < maximum && store_next(&rows))
        TRY(open_one(&rows, round, &key, descriptor, region, error, &bodies));
    TRY(store_rows_end(&rows));
    *ret_bodies = bodies;
    return OK;
}
