#include "people/join.h"

#include "privacy/proquint.h"

enum { WORDS = 6, WORDS_BYTES = 2 * WORDS };

STATEMENT(LINK_MAKE, "INSERT INTO join_link (org_id, team_id, words, expires_at) VALUES ($1, $2, $3, $4) "
                     "ON CONFLICT (org_id, team_id) DO UPDATE SET words = excluded.words, "
                     "expires_at = excluded.expires_at");
STATEMENT(LINK_END, "DELETE FROM join_link WHERE org_id = $1 AND team_id = $2");
STATEMENT(LINK_OF_TEAM, "SELECT words, expires_at FROM join_link WHERE org_id = $1 AND team_id = $2 AND "
                        "expires_at > $3");
STATEMENT(LINK_LOOK, "SELECT org_id, team_id FROM join_link WHERE words = $1 AND expires_at > $2");
STATEMENT(CARD_INSERT, "INSERT INTO join_card (card_hash, org_id, team_id, used, expires_at) "
                       "VALUES ($1, $2, $3, 0, $4)");
STATEMENT(CARD_LOOK, "SELECT org_id, team_id FROM join_card WHERE card_hash = $1 AND used = 0 AND "
                     "expires_at > $2");
STATEMENT(CARD_USE, "UPDATE join_card SET used = 1 WHERE card_hash = $1 AND used = 0");
STATEMENT(CARD_COUNT, "SELECT count(*) FROM join_card WHERE org_id = $1 AND team_id = $2 AND used = $3 AND "
                      "expires_at > $4");
STATEMENT(CARD_END, "DELETE FROM join_card WHERE org_id = $1 AND team_id = $2 AND used = 0");
STATEMENT(ASK, "INSERT INTO join_request (org_id, team_id, person_id, asked_at) VALUES ($1, $2, $3, $4) "
               "ON CONFLICT (org_id, team_id, person_id) DO NOTHING");
STATEMENT(ASK_COUNT, "SELECT count(*) FROM join_request WHERE org_id = $1 AND team_id = $2");
STATEMENT(ASK_END, "DELETE FROM join_request WHERE org_id = $1 AND team_id = $2 AND person_id = $3");
STATEMENT(ASKERS, "SELECT p.person_id, p.name, p.language, q.asked_at FROM join_request q "
                  "JOIN person p ON p.org_id = q.org_id AND p.person_id = q.person_id "
                  "WHERE q.org_id = $1 AND q.team_id = $2 ORDER BY q.asked_at, p.person_id LIMIT 200");
STATEMENT(ASKED, "SELECT t.name FROM join_request q JOIN team t ON t.org_id = q.org_id AND "
                 "t.team_id = q.team_id WHERE q.org_id = $1 AND q.person_id = $2 ORDER BY t.name LIMIT 200");
/* Somebody without an address who belongs nowhere and never did: came by a link, and was refused or forgotten. */
#define STRANGER                                                                                             \
    "p.address NOT LIKE '%@%' "                                                                              \
    "AND NOT EXISTS (SELECT 1 FROM team_role r WHERE r.org_id = p.org_id AND r.person_id = p.person_id) "    \
    "AND NOT EXISTS (SELECT 1 FROM org_role o WHERE o.org_id = p.org_id AND o.person_id = p.person_id) "     \
    "AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.org_id = p.org_id AND s.person_id = p.person_id) "         \
    "AND NOT EXISTS (SELECT 1 FROM team_deputy d WHERE d.org_id = p.org_id AND d.person_id = p.person_id) "  \
    "AND NOT EXISTS (SELECT 1 FROM role_change c WHERE c.org_id = p.org_id "                                 \
    "AND (c.person_id = p.person_id OR c.by_id = p.person_id)) "                                             \
    "AND NOT EXISTS (SELECT 1 FROM join_request q WHERE q.org_id = p.org_id AND q.person_id = p.person_id) " \
    "AND NOT EXISTS (SELECT 1 FROM roster x WHERE x.org_id = p.org_id AND x.person_id = p.person_id)"
STATEMENT(STRANGER_IS, "SELECT 1 FROM person p WHERE p.org_id = $1 AND p.person_id = $2 AND " STRANGER);
STATEMENT(STRANGER_SESSIONS, "DELETE FROM web_session WHERE org_id = $1 AND person_id = $2");
STATEMENT(STRANGER_DEVICES, "DELETE FROM device WHERE org_id = $1 AND person_id = $2");
STATEMENT(STRANGER_DELETE, "DELETE FROM person WHERE org_id = $1 AND person_id = $2");
STATEMENT(LINK_CLEAN, "DELETE FROM join_link WHERE expires_at <= $1");
STATEMENT(CARD_CLEAN, "DELETE FROM join_card WHERE expires_at <= $1");
STATEMENT(ASK_OLD, "SELECT org_id, team_id, person_id FROM join_request WHERE asked_at <= $1 LIMIT 100");

/* ---- Words ------------------------------------------------------------------------------------------- */

struct slice join_words_read(struct slice typed, struct region *region)
{
    char text[JOIN_WORDS_LENGTH];
    size_t length = 0;
    bool gap = false;
    for (size_t i = 0; i < typed.length; i++) {
        char letter = typed.data[i];
        if (letter >= 'A' && letter <= 'Z')
            letter = (char)(letter - 'A' + 'a');
        if (letter < 'a' || letter > 'z') {
            gap = length > 0;
            continue;
        }
        size_t needed = gap ? 2 : 1;
        if (length + needed > sizeof text)
            return S("");
        if (gap)
            text[length++] = '-';
        text[length++] = letter;
        gap = false;
    }
    struct slice words = slice_from_bytes(text, length);
    return proquint_check(words, WORDS) ? region_copy(region, words) : S("");
}

static void make_words(struct application *application, char ret_words[JOIN_WORDS_LENGTH + 1])
{
    uint8_t bytes[WORDS_BYTES];
    random_bytes(application->random, bytes, sizeof bytes);
    proquint_write(bytes, WORDS, ret_words);
    wipe(bytes, sizeof bytes);
}

/* ---- Links and cards --------------------------------------------------------------------------------- */

static enum error_code count_cards(struct store_session *session, int64_t org, int64_t team, bool used,
                                   int64_t now, struct error *error, int64_t *ret_count)
{
    bool found;
    return store_one_integer(session, &CARD_COUNT,
                             PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(used), V_INTEGER(now)),
                             error, &found, ret_count);
}

enum error_code join_state_load(struct store_session *session, int64_t org, int64_t team, int64_t now,
                                struct region *region, struct error *error, struct join_state *ret_state)
{
    struct join_state state = {0};
    STORE_ROWS(rows);
    TRY(store_select(session, &LINK_OF_TEAM, PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(now)),
                     error, &rows));
    if (store_next(&rows)) {
        state.words = store_column_copy(&rows, 0, region);
        state.link_expires = store_column_integer(&rows, 1);
    }
    TRY(store_rows_end(&rows));
    TRY(count_cards(session, org, team, false, now, error, &state.cards_open));
    TRY(count_cards(session, org, team, true, now, error, &state.cards_used));
    *ret_state = state;
    return OK;
}

enum error_code join_link_make(struct store_session *session, struct application *application, int64_t org,
                               int64_t team, struct error *error)
{
    char words[JOIN_WORDS_LENGTH + 1];
    make_words(application, words);
    return store_execute(session, &LINK_MAKE,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_TEXT(slice_from_text(words)),
                                    V_INTEGER(clock_seconds(application->clock) + JOIN_LINK_SECONDS)),
                         error, NULL);
}

enum error_code join_link_end(struct store_session *session, int64_t org, int64_t team, struct error *error)
{
    return store_execute(session, &LINK_END, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, NULL);
}

enum error_code join_cards_make(struct store_session *session, struct application *application, int64_t org,
                                int64_t team, size_t count, struct region *region, struct error *error,
                                struct slice **ret_words)
{
    int64_t now = clock_seconds(application->clock), open = 0;
    struct slice *made = REGION_ARRAY(region, count, struct slice);
    if (made == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(count_cards(session, org, team, false, now, error, &open));
    if (count < 1 || open + (int64_t)count > JOIN_CARDS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "cards-many", "a team has at most 200 cards that are not used");
    for (size_t i = 0; i < count; i++) {
        char words[JOIN_WORDS_LENGTH + 1];
        uint8_t hash[32];
        make_words(application, words);
        made[i] = region_copy(region, slice_from_text(words));
        sha256(made[i], hash);
        TRY(store_execute(session, &CARD_INSERT,
                          PARAMETERS(V_BYTES(slice_from_bytes(hash, sizeof hash)), V_INTEGER(org),
                                     V_INTEGER(team), V_INTEGER(now + JOIN_CARD_SECONDS)),
                          error, NULL));
    }
    *ret_words = made;
    return OK;
}

enum error_code join_cards_end(struct store_session *session, int64_t org, int64_t team, struct error *error)
{
    return store_execute(session, &CARD_END, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, NULL);
}

/* ---- Who asks ---------------------------------------------------------------------------------------- */

static bool same_name(struct slice a, struct slice b)
{
    return a.length == b.length && strncasecmp(a.data, b.data, a.length) == 0;
}

static void mark_doubled(struct join_asker *askers, size_t count, struct slice leader,
                         const struct person *members, size_t member_count)
{
    for (size_t i = 0; i < count; i++) {
        askers[i].doubled = same_name(askers[i].person.name, leader);
        for (size_t j = 0; j < member_count; j++)
            askers[i].doubled |= same_name(askers[i].person.name, members[j].name);
        for (size_t j = 0; j < count; j++)
            askers[i].doubled |= i != j && same_name(askers[i].person.name, askers[j].person.name);
    }
}

enum error_code join_askers(struct store_session *session, int64_t org, int64_t team, struct region *region,
                            struct error *error, struct join_asker **ret_askers, size_t *ret_count)
{
    struct join_asker *askers = REGION_ARRAY(region, JOIN_REQUESTS_MAXIMUM, struct join_asker);
    struct team whole;
    struct person *members;
    size_t count = 0, member_count;
    if (askers == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(team_load(session, org, team, region, error, &whole));
    TRY(team_members(session, org, team, region, error, &members, &member_count));
    STORE_ROWS(rows);
    TRY(store_select(session, &ASKERS, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &rows));
    while (count < JOIN_REQUESTS_MAXIMUM && store_next(&rows)) {
        struct person person = {.id = store_column_integer(&rows, 0),
                                .name = store_column_copy(&rows, 1, region),
                                .language = store_column_copy(&rows, 2, region)};
        askers[count++] = (struct join_asker){.person = person, .asked_at = store_column_integer(&rows, 3)};
    }
    TRY(store_rows_end(&rows));
    mark_doubled(askers, count, whole.leader.name, members, member_count);
    *ret_askers = askers;
    *ret_count = count;
    return OK;
}

enum error_code join_asker_count(struct store_session *session, int64_t org, int64_t team,
                                 struct error *error, int64_t *ret_count)
{
    bool found;
    return store_one_integer(session, &ASK_COUNT, PARAMETERS(V_INTEGER(org), V_INTEGER(team)), error, &found,
                             ret_count);
}

static enum error_code end_request(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                   struct error *error)
{
    int64_t changed = 0;
    TRY(store_execute(session, &ASK_END, PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person)),
                      error, &changed));
    if (changed == 0)
        return FAIL(error, ERROR_NOT_FOUND, "join-asker-gone", "nobody of that id waits");
    return OK;
}

enum error_code join_accept(struct store_session *session, struct application *application, int64_t org,
                            int64_t team, int64_t person, struct error *error)
{
    TRY(end_request(session, org, team, person, error));
    return team_give_role(session, application, org, team, person, TEAM_ROLE_MEMBER, error);
}

static enum error_code forget_stranger(struct store_session *session, int64_t org, int64_t person,
                                       struct error *error)
{
    static const struct statement *const statements[] = {&STRANGER_SESSIONS, &STRANGER_DEVICES,
                                                         &STRANGER_DELETE};
    bool stranger = false;
    int64_t one;
    TRY(store_one_integer(session, &STRANGER_IS, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                          &stranger, &one));
    for (size_t i = 0; stranger && i < COUNT_OF(statements); i++)
        TRY(store_execute(session, statements[i], PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                          NULL));
    return OK;
}

enum error_code join_refuse(struct store_session *session, int64_t org, int64_t team, int64_t person,
                            struct error *error)
{
    TRY(end_request(session, org, team, person, error));
    return forget_stranger(session, org, person, error);
}

/* ---- Coming in --------------------------------------------------------------------------------------- */

static enum error_code look(struct store_session *session, const struct statement *statement,
                            struct store_value key, int64_t now, struct error *error, bool *ret_found,
                            struct join_door *door)
{
    STORE_ROWS(rows);
    TRY(store_select(session, statement, PARAMETERS(key, V_INTEGER(now)), error, &rows));
    *ret_found = store_next(&rows);
    if (*ret_found) {
        door->org = store_column_integer(&rows, 0);
        door->team = store_column_integer(&rows, 1);
    }
    return store_rows_end(&rows);
}

enum error_code join_look(struct store_session *session, struct slice words, int64_t now, struct error *error,
                          struct join_door *ret_door)
{
    struct join_door door = {0};
    uint8_t hash[32];
    bool found = false;
    sha256(words, hash);
    TRY(look(session, &LINK_LOOK, V_TEXT(words), now, error, &found, &door));
    if (!found) {
        door.card = true;
        TRY(look(session, &CARD_LOOK, V_BYTES(slice_from_bytes(hash, sizeof hash)), now, error, &found,
                 &door));
    }
    if (!found)
        return FAIL(error, ERROR_GONE, "join-over", "no such link or card, or it is used or too old");
    *ret_door = door;
    return OK;
}

static enum error_code use_card(struct store_session *session, struct slice words, struct error *error)
{
    uint8_t hash[32];
    int64_t changed = 0;
    sha256(words, hash);
    TRY(store_execute(session, &CARD_USE, PARAMETERS(V_BYTES(slice_from_bytes(hash, sizeof hash))), error,
                      &changed));
    if (changed == 0)
        return FAIL(error, ERROR_GONE, "join-over", "somebody else used the card at this moment");
    return OK;
}

static enum error_code ask(struct store_session *session, int64_t org, int64_t team, int64_t person,
                           int64_t now, struct error *error)
{
    int64_t waiting = 0;
    TRY(join_asker_count(session, org, team, error, &waiting));
    if (waiting >= JOIN_REQUESTS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "join-many", "too many people wait to join this team");
    return store_execute(session, &ASK,
                         PARAMETERS(V_INTEGER(org), V_INTEGER(team), V_INTEGER(person), V_INTEGER(now)),
                         error, NULL);
}

enum error_code join_enter(struct store_session *session, struct application *application, struct slice words,
                           int64_t person_org, struct slice name, struct slice language, struct error *error,
                           struct join_door *ret_door, int64_t *person)
{
    int64_t now = clock_seconds(application->clock), id = *person;
    struct join_door door;
    enum team_role role = TEAM_ROLE_NONE;
    TRY(join_look(session, words, now, error, &door));
    if (id != 0 && person_org != door.org)
        return FAIL(error, ERROR_DENIED, "join-elsewhere", "the person belongs to another organisation");
    if (id == 0)
        TRY(person_create_without_address(session, application, door.org, name, language, error, &id));
    TRY(people_team_role(session, door.org, door.team, id, error, &role));
    if (role == TEAM_ROLE_NONE && door.card) {
        TRY(use_card(session, words, error));
        TRY(team_give_role(session, application, door.org, door.team, id, TEAM_ROLE_MEMBER, error));
    } else if (role == TEAM_ROLE_NONE) {
        TRY(ask(session, door.org, door.team, id, now, error));
    }
    *ret_door = door;
    *person = id;
    return OK;
}

enum error_code join_asked(struct store_session *session, int64_t org, int64_t person, struct region *region,
                           struct error *error, struct slice **ret_names, size_t *ret_count)
{
    enum { ASKED_MAXIMUM = 200 };
    struct slice *names = REGION_ARRAY(region, ASKED_MAXIMUM, struct slice);
    size_t count = 0;
    if (names == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    STORE_ROWS(rows);
    TRY(store_select(session, &ASKED, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    while (count < ASKED_MAXIMUM && store_next(&rows))
        names[count++] = store_column_copy(&rows, 0, region);
    TRY(store_rows_end(&rows));
    *ret_names = names;
    *ret_count = count;
    return OK;
}

enum { OLD_AT_ONCE = 100 };

static enum error_code read_old(struct store_session *session, int64_t before, struct error *error,
                                int64_t old[OLD_AT_ONCE][3], size_t *ret_count)
{
    size_t count = 0;
    STORE_ROWS(rows);
    TRY(store_select(session, &ASK_OLD, PARAMETERS(V_INTEGER(before)), error, &rows));
    for (; count < OLD_AT_ONCE && store_next(&rows); count++)
        for (int column = 0; column < 3; column++)
            old[count][column] = store_column_integer(&rows, column);
    *ret_count = count;
    return store_rows_end(&rows);
}

enum error_code join_clean_up(struct store_session *session, int64_t now, struct error *error)
{
    int64_t old[OLD_AT_ONCE][3];
    size_t count = 0;
    TRY(store_execute(session, &LINK_CLEAN, PARAMETERS(V_INTEGER(now)), error, NULL));
    TRY(store_execute(session, &CARD_CLEAN, PARAMETERS(V_INTEGER(now)), error, NULL));
    TRY(read_old(session, now - JOIN_LINK_SECONDS, error, old, &count));
    for (size_t i = 0; i < count; i++)
        TRY(join_refuse(session, old[i][0], old[i][1], old[i][2], error));
    return OK;
}
