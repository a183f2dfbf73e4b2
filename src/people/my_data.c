#include "people/my_data.h"

/* ---- Reading ------------------------------------------------------------------------------------------ */

STATEMENT(
    MY_PERSON,
    "SELECT person_id, name, CASE WHEN address LIKE '%@%' THEN address ELSE '' END, language, created_at "
    "FROM person WHERE org_id = $1 AND person_id = $2");
STATEMENT(MY_ORG_ROLE, "SELECT role FROM org_role WHERE org_id = $1 AND person_id = $2");
STATEMENT(MY_SEAT, "SELECT seat, since FROM seat WHERE org_id = $1 AND person_id = $2 ORDER BY seat");
STATEMENT(MY_TEAM_ROLE, "SELECT t.name, r.role, r.since FROM team_role r JOIN team t ON t.org_id = r.org_id "
                        "AND t.team_id = r.team_id WHERE r.org_id = $1 AND r.person_id = $2 ORDER BY t.name");
STATEMENT(MY_TEAM_DEPUTY,
          "SELECT t.name, d.since, d.until FROM team_deputy d JOIN team t ON t.org_id = d.org_id "
          "AND t.team_id = d.team_id WHERE d.org_id = $1 AND d.person_id = $2 ORDER BY t.name");
STATEMENT(MY_JOIN_REQUEST,
          "SELECT t.name, q.asked_at FROM join_request q JOIN team t ON t.org_id = q.org_id "
          "AND t.team_id = q.team_id WHERE q.org_id = $1 AND q.person_id = $2 ORDER BY t.name");
STATEMENT(MY_WEB_SESSION, "SELECT device, started_at, expires_at, used_on FROM web_session "
                          "WHERE org_id = $1 AND person_id = $2 ORDER BY started_at");
STATEMENT(MY_SIGNIN_LINK, "SELECT by_operator, made_at, expires_at FROM signin_link "
                          "WHERE org_id = $1 AND person_id = $2 ORDER BY made_at");
STATEMENT(MY_OPERATOR_LINK, "SELECT made_at, seen FROM operator_link WHERE org_id = $1 AND person_id = $2 "
                            "ORDER BY made_at");
STATEMENT(MY_SIGNIN_WISH, "SELECT w.asked_at FROM signin_wish w JOIN person p ON p.address = w.address "
                          "WHERE p.org_id = $1 AND p.person_id = $2 ORDER BY w.asked_at");
STATEMENT(MY_OPENID_ACCOUNT, "SELECT issuer, subject, tied_at, made_viewer FROM openid_account "
                             "WHERE org_id = $1 AND person_id = $2 ORDER BY issuer");
STATEMENT(MY_DEVICE,
          "SELECT registered_on FROM device WHERE org_id = $1 AND person_id = $2 ORDER BY registered_on");
STATEMENT(MY_MAIL_RECIPIENT,
          "SELECT invited, stopped, refused_code, refused_on, asked_since, asked_count, digest, bounces "
          "FROM mail_recipient WHERE org_id = $1 AND person_id = $2");
STATEMENT(MY_OUTBOX, "SELECT kind, round_number, due_at, over_at, attempts FROM outbox "
                     "WHERE org_id = $1 AND person_id = $2 ORDER BY due_at, kind, round_number");
STATEMENT(MY_ROSTER, "SELECT x.round_number, t.name FROM roster x JOIN team t ON t.org_id = x.org_id "
                     "AND t.team_id = x.team_id WHERE x.org_id = $1 AND x.person_id = $2 "
                     "ORDER BY x.round_number, t.name");
#define OF_ROUND                                                                                             \
    " JOIN team_round p ON p.org_id = i.org_id AND p.rid = i.rid "                                           \
    "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "                                          \
    "WHERE i.org_id = $1 AND i.person_id = $2 ORDER BY p.round_number, t.name"
STATEMENT(MY_ISSUANCE, "SELECT p.round_number, t.name FROM issuance i" OF_ROUND);
STATEMENT(MY_COMMENT_ISSUANCE, "SELECT p.round_number, t.name FROM comment_issuance i" OF_ROUND);
STATEMENT(MY_ISSUANCE_LEAF,
          "SELECT p.round_number, t.name, CASE WHEN i.blinded_hash IS NULL THEN 0 ELSE 1 END, i.until "
          "FROM issuance_leaf i" OF_ROUND);
STATEMENT(MY_TEAM_ROUND,
          "SELECT p.round_number, t.name, p.guess_shown FROM team_round p JOIN team t ON "
          "t.org_id = p.org_id AND t.team_id = p.team_id WHERE p.org_id = $1 AND p.leader_id = $2 "
          "ORDER BY p.round_number, t.name");
STATEMENT(MY_GUESS, "SELECT g.round_number, t.name, g.item, g.value FROM guess g JOIN team_round p ON "
                    "p.org_id = g.org_id AND p.round_number = g.round_number AND p.team_id = g.team_id "
                    "JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id "
                    "WHERE p.org_id = $1 AND p.leader_id = $2 ORDER BY g.round_number, t.name, g.item");
STATEMENT(MY_PROMISE,
          "SELECT m.round_number, t.name, m.text, m.made_at, m.due_at FROM promise m JOIN team t ON "
          "t.org_id = m.org_id AND t.team_id = m.team_id WHERE m.org_id = $1 AND m.person_id = $2 "
          "ORDER BY m.made_at, m.promise_id");
STATEMENT(MY_SETTING_CHANGE, "SELECT name, value_before, value, changed_at FROM setting_change "
                             "WHERE org_id = $1 AND person_id = $2 ORDER BY change_number");
STATEMENT(MY_ROLE_CHANGE,
          "SELECT role, given, CASE WHEN by_id = $2 THEN 1 ELSE 0 END, changed_at FROM role_change "
          "WHERE org_id = $1 AND (person_id = $2 OR by_id = $2) ORDER BY change_number");
STATEMENT(MY_QUESTIONNAIRE, "SELECT name, version, uploaded_at FROM questionnaire "
                            "WHERE org_id = $1 AND person_id = $2 ORDER BY name, version");
STATEMENT(MY_WITNESS,
          "SELECT name, added_at FROM witness WHERE org_id = $1 AND person_id = $2 ORDER BY name");
STATEMENT(MY_COMMENT_REMOVAL,
          "SELECT c.round_number, t.name, c.removed_at FROM comment_removal c JOIN team t ON "
          "t.org_id = c.org_id AND t.team_id = c.team_id WHERE c.org_id = $1 AND c.person_id = $2 "
          "ORDER BY c.removed_at, c.comment_id");

/* ---- Deleting ----------------------------------------------------------------------------------------- */

STATEMENT(END_PERSON, "DELETE FROM person WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_ORG_ROLE, "DELETE FROM org_role WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_SEAT, "DELETE FROM seat WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_TEAM_ROLE, "DELETE FROM team_role WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_TEAM_DEPUTY, "DELETE FROM team_deputy WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_JOIN_REQUEST, "DELETE FROM join_request WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_WEB_SESSION, "DELETE FROM web_session WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_SIGNIN_LINK, "DELETE FROM signin_link WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_OPERATOR_LINK, "DELETE FROM operator_link WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_SIGNIN_WISH, "DELETE FROM signin_wish WHERE address IN (SELECT address FROM person "
                           "WHERE org_id = $1 AND person_id = $2)");
STATEMENT(END_OPENID_ACCOUNT, "DELETE FROM openid_account WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_DEVICE, "DELETE FROM device WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_MAIL_RECIPIENT, "DELETE FROM mail_recipient WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_OUTBOX, "DELETE FROM outbox WHERE org_id = $1 AND person_id = $2");
/* Nothing is computed from it: it only keeps a member from a second token, and who is gone asks for none. */
STATEMENT(END_COMMENT_ISSUANCE, "DELETE FROM comment_issuance WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_GUESS, "DELETE FROM guess WHERE org_id = $1 AND EXISTS (SELECT 1 FROM team_round p "
                     "WHERE p.org_id = guess.org_id AND p.round_number = guess.round_number "
                     "AND p.team_id = guess.team_id AND p.leader_id = $2)");
STATEMENT(END_PROMISE, "UPDATE promise SET person_id = NULL WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_SETTING_CHANGE,
          "UPDATE setting_change SET person_id = NULL WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_ROLE_CHANGE,
          "UPDATE role_change SET person_id = CASE WHEN person_id = $2 THEN NULL ELSE person_id END, "
          "by_id = CASE WHEN by_id = $2 THEN NULL ELSE by_id END "
          "WHERE org_id = $1 AND (person_id = $2 OR by_id = $2)");
STATEMENT(END_QUESTIONNAIRE,
          "UPDATE questionnaire SET person_id = NULL WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_WITNESS, "UPDATE witness SET person_id = NULL WHERE org_id = $1 AND person_id = $2");
STATEMENT(END_COMMENT_REMOVAL,
          "UPDATE comment_removal SET person_id = NULL WHERE org_id = $1 AND person_id = $2");

/* ---- All of it ---------------------------------------------------------------------------------------- */

#define TEXT_(column)                                                                                        \
    {                                                                                                        \
        column, MY_DATA_TEXT                                                                                 \
    }
#define NUMBER(column)                                                                                       \
    {                                                                                                        \
        column, MY_DATA_INTEGER                                                                              \
    }
#define FLAG(column)                                                                                         \
    {                                                                                                        \
        column, MY_DATA_FLAG                                                                                 \
    }
#define MOMENT(column)                                                                                       \
    {                                                                                                        \
        column, MY_DATA_MOMENT                                                                               \
    }
#define DAY(column)                                                                                          \
    {                                                                                                        \
        column, MY_DATA_DAY                                                                                  \
    }
#define ROUND_TEAM NUMBER("round"), TEXT_("team")

/* Deleted from the last to the first: what refers to a person goes before the person. */
const struct my_data_table MY_DATA[] = {
    {"person",
     "person_id",
     MY_DATA_PERSON,
     MY_DATA_GOES,
     &MY_PERSON,
     &END_PERSON,
     {NUMBER("number"), TEXT_("name"), TEXT_("address"), TEXT_("language"), MOMENT("since")}},
    {"org_role", "person_id", MY_DATA_ROLES, MY_DATA_GOES, &MY_ORG_ROLE, &END_ORG_ROLE, {TEXT_("role")}},
    {"seat", "person_id", MY_DATA_ROLES, MY_DATA_GOES, &MY_SEAT, &END_SEAT, {TEXT_("role"), MOMENT("since")}},
    {"team_role",
     "person_id",
     MY_DATA_ROLES,
     MY_DATA_GOES,
     &MY_TEAM_ROLE,
     &END_TEAM_ROLE,
     {TEXT_("team"), TEXT_("role"), MOMENT("since")}},
    {"team_deputy",
     "person_id",
     MY_DATA_ROLES,
     MY_DATA_GOES,
     &MY_TEAM_DEPUTY,
     &END_TEAM_DEPUTY,
     {TEXT_("team"), MOMENT("since"), MOMENT("until")}},
    {"join_request",
     "person_id",
     MY_DATA_ROLES,
     MY_DATA_GOES,
     &MY_JOIN_REQUEST,
     &END_JOIN_REQUEST,
     {TEXT_("team"), MOMENT("asked")}},
    {"web_session",
     "person_id",
     MY_DATA_SIGNIN,
     MY_DATA_GOES,
     &MY_WEB_SESSION,
     &END_WEB_SESSION,
     {TEXT_("device"), MOMENT("started"), MOMENT("ends"), DAY("used_on")}},
    {"signin_link",
     "person_id",
     MY_DATA_SIGNIN,
     MY_DATA_GOES,
     &MY_SIGNIN_LINK,
     &END_SIGNIN_LINK,
     {FLAG("by_operator"), MOMENT("made"), MOMENT("ends")}},
    {"operator_link",
     "person_id",
     MY_DATA_SIGNIN,
     MY_DATA_GOES,
     &MY_OPERATOR_LINK,
     &END_OPERATOR_LINK,
     {MOMENT("made"), FLAG("seen")}},
    {"signin_wish",
     "address",
     MY_DATA_SIGNIN,
     MY_DATA_GOES,
     &MY_SIGNIN_WISH,
     &END_SIGNIN_WISH,
     {MOMENT("asked")}},
    {"openid_account",
     "person_id",
     MY_DATA_SIGNIN,
     MY_DATA_GOES,
     &MY_OPENID_ACCOUNT,
     &END_OPENID_ACCOUNT,
     {TEXT_("provider"), TEXT_("account"), MOMENT("tied"), FLAG("made_viewer")}},
    {"device", "person_id", MY_DATA_DEVICES, MY_DATA_GOES, &MY_DEVICE, &END_DEVICE, {DAY("registered_on")}},
    {"mail_recipient",
     "person_id",
     MY_DATA_MAIL,
     MY_DATA_GOES,
     &MY_MAIL_RECIPIENT,
     &END_MAIL_RECIPIENT,
     {FLAG("invited"), FLAG("stopped"), NUMBER("refused_code"), DAY("refused_on"),
      MOMENT("links_asked_since"), NUMBER("links_asked"), FLAG("weekly"), NUMBER("came_back")}},
    {"outbox",
     "person_id",
     MY_DATA_MAIL,
     MY_DATA_GOES,
     &MY_OUTBOX,
     &END_OUTBOX,
     {TEXT_("kind"), NUMBER("round"), MOMENT("due"), MOMENT("over"), NUMBER("attempts")}},
    {"roster", "person_id", MY_DATA_LISTS, MY_DATA_NUMBER_STAYS, &MY_ROSTER, NULL, {ROUND_TEAM}},
    {"issuance", "person_id", MY_DATA_FORMS, MY_DATA_NUMBER_STAYS, &MY_ISSUANCE, NULL, {ROUND_TEAM}},
    {"comment_issuance",
     "person_id",
     MY_DATA_FORMS,
     MY_DATA_GOES,
     &MY_COMMENT_ISSUANCE,
     &END_COMMENT_ISSUANCE,
     {ROUND_TEAM}},
    {"issuance_leaf",
     "person_id",
     MY_DATA_FORMS,
     MY_DATA_NUMBER_STAYS,
     &MY_ISSUANCE_LEAF,
     NULL,
     {ROUND_TEAM, FLAG("fetched"), MOMENT("kept_until")}},
    {"team_round",
     "leader_id",
     MY_DATA_LED,
     MY_DATA_NUMBER_STAYS,
     &MY_TEAM_ROUND,
     NULL,
     {ROUND_TEAM, FLAG("guess_shown")}},
    {"guess",
     "",
     MY_DATA_GUESSES,
     MY_DATA_GOES,
     &MY_GUESS,
     &END_GUESS,
     {ROUND_TEAM, TEXT_("question"), NUMBER("guess")}},
    {"promise",
     "person_id",
     MY_DATA_PROMISES,
     MY_DATA_UNNAMED,
     &MY_PROMISE,
     &END_PROMISE,
     {ROUND_TEAM, TEXT_("text"), MOMENT("made"), MOMENT("due")}},
    {"setting_change",
     "person_id",
     MY_DATA_ACTS,
     MY_DATA_UNNAMED,
     &MY_SETTING_CHANGE,
     &END_SETTING_CHANGE,
     {TEXT_("setting"), NUMBER("before"), NUMBER("after"), MOMENT("changed")}},
    {"role_change",
     "person_id",
     MY_DATA_ACTS,
     MY_DATA_UNNAMED,
     &MY_ROLE_CHANGE,
     &END_ROLE_CHANGE,
     {TEXT_("role"), FLAG("given"), FLAG("by_me"), MOMENT("changed")}},
    {"questionnaire",
     "person_id",
     MY_DATA_ACTS,
     MY_DATA_UNNAMED,
     &MY_QUESTIONNAIRE,
     &END_QUESTIONNAIRE,
     {TEXT_("questionnaire"), NUMBER("version"), MOMENT("uploaded")}},
    {"witness",
     "person_id",
     MY_DATA_ACTS,
     MY_DATA_UNNAMED,
     &MY_WITNESS,
     &END_WITNESS,
     {TEXT_("witness"), MOMENT("added")}},
    {"comment_removal",
     "person_id",
     MY_DATA_ACTS,
     MY_DATA_UNNAMED,
     &MY_COMMENT_REMOVAL,
     &END_COMMENT_REMOVAL,
     {ROUND_TEAM, MOMENT("removed")}},
};
const size_t MY_DATA_COUNT = COUNT_OF(MY_DATA);

enum error_code my_data_count(struct store_session *session, int64_t org, int64_t person, struct error *error,
                              int64_t ret_counts[static MY_DATA_SUBJECTS])
{
    int64_t counts[MY_DATA_SUBJECTS] = {0};
    for (size_t i = 0; i < MY_DATA_COUNT; i++) {
        STORE_ROWS(rows);
        TRY(store_select(session, MY_DATA[i].read, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                         &rows));
        while (store_next(&rows))
            counts[MY_DATA[i].subject]++;
        TRY(store_rows_end(&rows));
    }
    memcpy(ret_counts, counts, sizeof counts);
    return OK;
}

/* ---- The file ----------------------------------------------------------------------------------------- */

/* 0 is no moment: it never happened. */
static void write_moment(struct json_writer *json, int64_t seconds, bool day)
{
    char text[DATE_UTC_LENGTH];
    if (seconds <= 0) {
        json_write_null(json);
        return;
    }
    date_format_utc(seconds, text);
    json_write_text(json, slice_part(slice_from_text(text), 0, day ? DATE_DAY_LENGTH - 1 : sizeof text));
}

static void write_column(struct json_writer *json, const struct store_rows *rows, int at,
                         const struct my_data_column *column)
{
    json_write_key(json, column->name);
    if (store_column_is_null(rows, at)) {
        json_write_null(json);
        return;
    }
    switch (column->type) {
    case MY_DATA_TEXT:
        json_write_text(json, store_column_text(rows, at));
        break;
    case MY_DATA_INTEGER:
        json_write_integer(json, store_column_integer(rows, at));
        break;
    case MY_DATA_FLAG:
        json_write_boolean(json, store_column_integer(rows, at) != 0);
        break;
    case MY_DATA_MOMENT:
    case MY_DATA_DAY:
        write_moment(json, store_column_integer(rows, at), column->type == MY_DATA_DAY);
        break;
    }
}

static enum error_code write_table(struct store_session *session, const struct my_data_table *table,
                                   int64_t org, int64_t person, struct error *error, struct json_writer *json)
{
    STORE_ROWS(rows);
    TRY(store_select(session, table->read, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &rows));
    json_write_key(json, table->table);
    json_write_array_begin(json);
    while (store_next(&rows)) {
        json_write_object_begin(json);
        for (int c = 0; c < MY_DATA_COLUMNS_MAXIMUM && table->columns[c].name != NULL; c++)
            write_column(json, &rows, c, &table->columns[c]);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    return store_rows_end(&rows);
}

enum error_code my_data_export(struct store_session *session, int64_t org, int64_t person, int64_t now,
                               struct slice answers, struct region *region, struct error *error,
                               struct buffer *out)
{
    struct json_writer json = JSON_WRITER(out);
    struct org loaded;
    json.indent = true;
    TRY(org_load(session, org, region, error, &loaded));
    json_write_object_begin(&json);
    json_write_key(&json, "format");
    json_write_text(&json, S("hecht-my-data-v1"));
    json_write_key(&json, "organisation");
    json_write_text(&json, loaded.name);
    json_write_key(&json, "made");
    write_moment(&json, now, false);
    json_write_key(&json, "answers");
    json_write_text(&json, answers);
    json_write_key(&json, "kept");
    json_write_object_begin(&json);
    for (size_t i = 0; i < MY_DATA_COUNT; i++)
        TRY(write_table(session, &MY_DATA[i], org, person, error, &json));
    json_write_object_end(&json);
    json_write_object_end(&json);
    buffer_append_byte(out, '\n');
    return out->failed ? FAIL(error, ERROR_MEMORY, "no-memory", "no memory for the file") : OK;
}

/* ---- Deletion ----------------------------------------------------------------------------------------- */

STATEMENT(OTHER_OWNERS,
          "SELECT count(*) FROM org_role WHERE org_id = $1 AND role = 'owner' AND person_id <> $2");
/* Belongs nowhere and asks for nothing. */
#define LEFT_                                                                                                \
    "FROM person p WHERE p.org_id = $1 "                                                                     \
    "AND NOT EXISTS (SELECT 1 FROM team_role r WHERE r.org_id = p.org_id AND r.person_id = p.person_id) "    \
    "AND NOT EXISTS (SELECT 1 FROM org_role o WHERE o.org_id = p.org_id AND o.person_id = p.person_id) "     \
    "AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.org_id = p.org_id AND s.person_id = p.person_id) "         \
    "AND NOT EXISTS (SELECT 1 FROM team_deputy d WHERE d.org_id = p.org_id AND d.person_id = p.person_id) "  \
    "AND NOT EXISTS (SELECT 1 FROM join_request q WHERE q.org_id = p.org_id AND q.person_id = p.person_id) "
STATEMENT(LEFT_IS, "SELECT 1 " LEFT_ "AND p.person_id = $2");
STATEMENT(LEFT_COUNT, "SELECT count(*) " LEFT_);
STATEMENT(LEFT_LIST,
          "SELECT p.person_id, CASE WHEN p.address LIKE '%@%' THEN p.address ELSE '' END, p.name " LEFT_
          "ORDER BY p.name, p.person_id LIMIT 200");

enum error_code my_data_last_owner(struct store_session *session, int64_t org, int64_t person,
                                   struct error *error, bool *ret_last)
{
    enum org_role role;
    int64_t others = 0;
    TRY(people_org_role(session, org, person, error, &role));
    TRY(store_one_integer(session, &OTHER_OWNERS, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, NULL,
                          &others));
    *ret_last = role == ORG_ROLE_OWNER && others == 0;
    return OK;
}

enum error_code my_data_delete(struct store_session *session, int64_t org, int64_t person,
                               struct error *error)
{
    bool last = false;
    int64_t changed = 0;
    TRY(my_data_last_owner(session, org, person, error, &last));
    if (last)
        return FAIL(error, ERROR_CONFLICT, "last-owner", "an organisation keeps at least one owner");
    for (size_t i = MY_DATA_COUNT; i-- > 0;)
        if (MY_DATA[i].end != NULL)
            TRY(store_execute(session, MY_DATA[i].end, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error,
                              &changed));
    if (changed != 1) /* the last one is the person */
        return FAIL(error, ERROR_NOT_FOUND, "person-unknown", "there is no such person");
    store_vacuum_want(session);
    return OK;
}

enum error_code my_data_delete_left(struct store_session *session, int64_t org, int64_t person,
                                    struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 10);
    struct person loaded;
    bool left = false;
    int64_t one;
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(person_load(session, org, person, region, error, &loaded));
    TRY(store_one_integer(session, &LEFT_IS, PARAMETERS(V_INTEGER(org), V_INTEGER(person)), error, &left,
                          &one));
    if (!left)
        return FAIL(error, ERROR_CONFLICT, "person-has-role",
                    "this person still belongs to a team or has a role");
    return my_data_delete(session, org, person, error);
}

enum error_code my_data_left(struct store_session *session, int64_t org, struct region *region,
                             struct error *error, struct person ret_people[static MY_DATA_LEFT_MAXIMUM],
                             size_t *ret_count, int64_t *ret_total)
{
    size_t count = 0;
    TRY(store_one_integer(session, &LEFT_COUNT, PARAMETERS(V_INTEGER(org)), error, NULL, ret_total));
    STORE_ROWS(rows);
    TRY(store_select(session, &LEFT_LIST, PARAMETERS(V_INTEGER(org)), error, &rows));
    while (count < MY_DATA_LEFT_MAXIMUM && store_next(&rows))
        ret_people[count++] = (struct person){.id = store_column_integer(&rows, 0),
                                              .address = store_column_copy(&rows, 1, region),
                                              .name = store_column_copy(&rows, 2, region)};
    *ret_count = count;
    return store_rows_end(&rows);
}
