#include "pulse/roster.h"

#include <jansson.h>

STATEMENT(ROSTER_LEAVES, "SELECT person_id, salt FROM roster "
                         "WHERE org_id = $1 AND round_number = $2 AND team_id = $3 ORDER BY salt");

/* ---- The server's side --------------------------------------------------------------------------- */

static enum error_code read_leaves(struct store_session *session, const struct team_round *round,
                                   int64_t person, struct error *error, bool *ret_member,
                                   struct roster_opening *opening)
{
    size_t maximum = (size_t)round->roster_count;
    STORE_ROWS(rows);
    TRY(store_select(
        session, &ROSTER_LEAVES,
        PARAMETERS(V_INTEGER(round->org), V_INTEGER(round->round_number), V_INTEGER(round->team)), error,
        &rows));
    while (opening->count < maximum && store_next(&rows)) {
        int64_t member = store_column_integer(&rows, 0);
        struct slice salt = store_column_bytes(&rows, 1);
        if (salt.length != sizeof opening->salt)
            continue;
        roster_leaf((const uint8_t *)salt.data, member, &opening->leaves[opening->count++]);
        if (member != person)
            continue;
        memcpy(opening->salt, salt.data, sizeof opening->salt);
        *ret_member = true;
    }
    return store_rows_end(&rows);
}

enum error_code roster_open(struct store_session *session, int64_t org, int64_t person,
                            const uint8_t rid[static 32], struct region *region, struct error *error,
                            struct roster_opening *ret_opening)
{
    struct team_round round;
    struct roster_opening opening = {0};
    struct merkle_hash root;
    bool member = false;
    TRY(team_round_by_rid(session, rid, region, error, &round));
    if (round.org != org)
        return FAIL(error, ERROR_NOT_FOUND, "round-unknown", "there is no such round");
    opening.leaves = REGION_ARRAY(region, (size_t)round.roster_count + 1, struct merkle_hash);
    if (opening.leaves == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(read_leaves(session, &round, person, error, &member, &opening));
    if (!member)
        return FAIL(error, ERROR_DENIED, "not-in-roster", "this person is not in the list of this round");
    merkle_root(opening.leaves, opening.count, &root); /* sorts them */
    *ret_opening = opening;
    return OK;
}

void roster_to_json(const struct roster_opening *opening, struct json_writer *json)
{
    json_write_object_begin(json);
    json_write_bytes_member(json, "salt", slice_from_bytes(opening->salt, sizeof opening->salt));
    json_write_key(json, "leaves");
    json_write_array_begin(json);
    for (size_t i = 0; i < opening->count; i++)
        json_write_bytes(json, slice_from_bytes(&opening->leaves[i], sizeof opening->leaves[i]));
    json_write_array_end(json);
    json_write_object_end(json);
}

/* ---- The client's side --------------------------------------------------------------------------- */

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

static bool bytes_of(const json_t *text, void *ret_bytes, size_t length)
{
    return json_is_string(text) &&
           base64url_decode_exactly(slice_from_text(json_string_value(text)), ret_bytes, length);
}

/* Ascending, so each is there once. */
static bool read_list(const json_t *list, struct merkle_hash *leaves, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!bytes_of(json_array_get(list, i), leaves[i].bytes, sizeof leaves[i].bytes) ||
            (i > 0 && memcmp(&leaves[i - 1], &leaves[i], sizeof *leaves) >= 0))
            return false;
    return true;
}

static bool is_among(const struct merkle_hash *leaf, const struct merkle_hash *leaves, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(leaf, &leaves[i], sizeof *leaf) == 0)
            return true;
    return false;
}

enum error_code roster_check(struct slice text, const struct descriptor *descriptor, int64_t person,
                             struct region *region, struct error *error)
{
    CLEANUP(json_cleanup) json_t *json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(json, "leaves");
    size_t count = json_array_size(list);
    struct merkle_hash *leaves = REGION_ARRAY(region, count + 1, struct merkle_hash), root, own;
    uint8_t salt[32];
    if (leaves == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    if (!bytes_of(json_object_get(json, "salt"), salt, sizeof salt) || !read_list(list, leaves, count))
        return FAIL(error, ERROR_CRYPTO, "roster-false",
                    "the list of members of this round was not understood; nothing was sent");
    if (count != (size_t)descriptor->roster_count)
        return FAIL(error, ERROR_CRYPTO, "roster-false",
                    "the round counts %" PRId64 " members, its list has %zu; nothing was sent",
                    descriptor->roster_count, count);
    merkle_list_root(leaves, count, &root);
    if (memcmp(&root, &descriptor->roster_root, sizeof root) != 0)
        return FAIL(
            error, ERROR_CRYPTO, "roster-false",
            "the list of members is not the one that was fixed when the round opened; nothing was sent");
    roster_leaf(salt, person, &own);
    if (!is_among(&own, leaves, count))
        return FAIL(error, ERROR_CRYPTO, "roster-false",
                    "you are not in the list of members that the round fixed; nothing was sent");
    return OK;
}
