/* The same weeks twice, the second time with the answers of two members exchanged: nothing that Hecht keeps may differ,
 * also for somebody with the key file who unseals every answer of the open round. All tables are read as they are, whatever
 * their names, so a new one is in by itself.
 *
 * Random bytes are different in each run, so they are compared by where they stand: each long word (a hash, a salt, an
 * id) gets a colour from the rows it is in and the colours of the words beside it, again and again. If any chain of equal
 * values led from a member to an answer, the exchange would change the colours. */
#include "comment_client.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include "privacy/ledger.h"
#include "pulse/open_round.h"

enum {
    MEMBERS = 12,
    PIECES_MAXIMUM = 1 << 16,
    WORDS_MAXIMUM = 1 << 17,
    TOKENS_MAXIMUM = 1 << 15,
    TOKEN_LENGTH = 16,
    LENGTH_TELLS = 256, /* hex digits: private keys and signatures in longer texts differ by a byte or two */
    ROUNDS_OF_COLOURS = 6,
};

struct word {
    struct slice text;
    int32_t token; /* -1: stands for itself */
};

/* What stands together: a row, or an object of a row's JSON or lines of its text. */
struct piece {
    size_t first, count; /* words */
};

struct dump {
    struct region *region;
    struct word *words;
    size_t word_count;
    struct piece *pieces;
    size_t piece_count;
    struct slice *tokens;
    size_t token_count;
    uint64_t *colours, *next;
};

/* ---- Reading ---------------------------------------------------------------------------------------------- */

static struct dump *dump_new(struct region *region)
{
    struct dump *dump = REGION_NEW(region, struct dump);
    assert_non_null(dump);
    *dump = (struct dump){.region = region,
                          .words = REGION_ARRAY(region, WORDS_MAXIMUM, struct word),
                          .pieces = REGION_ARRAY(region, PIECES_MAXIMUM, struct piece),
                          .tokens = REGION_ARRAY(region, TOKENS_MAXIMUM, struct slice),
                          .colours = REGION_ARRAY(region, TOKENS_MAXIMUM, uint64_t),
                          .next = REGION_ARRAY(region, TOKENS_MAXIMUM, uint64_t)};
    assert_false(region_failed(region));
    return dump;
}

static void piece_begin(struct dump *dump, const char *name)
{
    assert_true(dump->piece_count < PIECES_MAXIMUM && dump->word_count < WORDS_MAXIMUM);
    dump->pieces[dump->piece_count++] = (struct piece){dump->word_count, 1};
    dump->words[dump->word_count++] = (struct word){region_copy(dump->region, slice_from_text(name)), -1};
}

static void add_word(struct dump *dump, struct slice text)
{
    int32_t token = -1;
    assert_true(dump->word_count < WORDS_MAXIMUM);
    if (text.length >= TOKEN_LENGTH) {
        for (token = 0; token < (int32_t)dump->token_count && !slice_equal(dump->tokens[token], text);
             token++)
            continue;
        assert_true(token < TOKENS_MAXIMUM);
        if (token == (int32_t)dump->token_count)
            dump->tokens[dump->token_count++] = region_copy(dump->region, text);
        text = dump->tokens[token];
    } else {
        text = region_copy(dump->region, text);
    }
    dump->words[dump->word_count++] = (struct word){text, token};
    dump->pieces[dump->piece_count - 1].count++;
}

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '+' || c == '/' || c == '=';
}

static bool is_text(struct slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        if ((unsigned char)bytes.data[i] < ' ' && bytes.data[i] != '\n')
            return false;
    return slice_is_utf8(bytes);
}

/* Base64url and hex of the same bytes must be the same word. */
static void add_encoded(struct dump *dump, struct slice text)
{
    uint8_t bytes[4096];
    char hex[2 * sizeof bytes + 1];
    size_t length;
    bool looks_hex = text.length % 2 == 0;
    for (size_t i = 0; i < text.length; i++)
        looks_hex = looks_hex && ((text.data[i] >= '0' && text.data[i] <= '9') ||
                                  (text.data[i] >= 'a' && text.data[i] <= 'f'));
    if (text.length >= 40 && !looks_hex && base64url_decode(text, bytes, sizeof bytes, &length)) {
        hex_encode(bytes, length, hex);
        text = slice_from_text(hex);
    }
    add_word(dump, text);
}

/* The order of lists that are sorted by hash is another in each run: what stands in brackets or on a line is a piece. */
static void add_text(struct dump *dump, const char *name, struct slice text)
{
    size_t from = 0;
    for (size_t i = 0; i <= text.length; i++) {
        char c = i < text.length ? text.data[i] : '\n';
        if (is_of_word(c))
            continue;
        if (i > from)
            add_encoded(dump, slice_part(text, from, i - from));
        from = i + 1;
        if ((c == '{' || c == '}' || c == '[' || c == ']' || c == '\n') && i < text.length)
            piece_begin(dump, name);
    }
}

static void add_bytes(struct dump *dump, const char *name, struct slice bytes)
{
    if (is_text(bytes) && bytes.length > 0) {
        add_text(dump, name, bytes);
        return;
    }
    char *hex = REGION_ARRAY(dump->region, 2 * bytes.length + 1, char);
    assert_non_null(hex);
    hex_encode(bytes.data, bytes.length, hex);
    add_word(dump, slice_from_text(hex));
}

/* An id is a word of its own, a time or a number is what it is. */
static void add_integer(struct dump *dump, const char *name, const char *text)
{
    struct slice number = slice_from_text(text);
    if (number.length < TOKEN_LENGTH)
        add_word(dump, number);
    else
        add_text(dump, name, number);
}

/* ---- All tables -------------------------------------------------------------------------------------------- */

static void read_sqlite_table(struct dump *dump, sqlite3 *database, const char *table)
{
    char sql[128];
    sqlite3_stmt *rows;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &rows, NULL), SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        piece_begin(dump, table);
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            const char *text = (const char *)sqlite3_column_text(rows, i);
            struct slice bytes =
                slice_from_bytes(sqlite3_column_blob(rows, i), (size_t)sqlite3_column_bytes(rows, i));
            add_word(dump, slice_from_text(sqlite3_column_name(rows, i)));
            if (sqlite3_column_type(rows, i) == SQLITE_NULL)
                add_word(dump, S("null"));
            else if (sqlite3_column_type(rows, i) == SQLITE_INTEGER)
                add_integer(dump, table, text);
            else
                add_bytes(dump, table, bytes);
        }
    }
    sqlite3_finalize(rows);
}

static void read_sqlite(struct dump *dump, const char *path)
{
    sqlite3 *database;
    sqlite3_stmt *tables;
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT name FROM sqlite_master WHERE type = 'table'", -1,
                                        &tables, NULL),
                     SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW)
        read_sqlite_table(dump, database, (const char *)sqlite3_column_text(tables, 0));
    sqlite3_finalize(tables);
    sqlite3_close(database);
}

static void read_postgres_table(struct dump *dump, PGconn *connection, const char *table)
{
    enum { BYTEA = 17, INT8 = 20 };
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
    PGresult *rows = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
    for (int row = 0; row < PQntuples(rows); row++) {
        piece_begin(dump, table);
        for (int i = 0; i < PQnfields(rows); i++) {
            const char *text = PQgetvalue(rows, row, i);
            add_word(dump, slice_from_text(PQfname(rows, i)));
            if (PQgetisnull(rows, row, i)) {
                add_word(dump, S("null"));
            } else if (PQftype(rows, i) == INT8) {
                add_integer(dump, table, text);
            } else if (PQftype(rows, i) == BYTEA) {
                size_t length;
                unsigned char *bytes = PQunescapeBytea((const unsigned char *)text, &length);
                add_bytes(dump, table, slice_from_bytes(bytes, length));
                PQfreemem(bytes);
            } else {
                add_text(dump, table, slice_from_text(text));
            }
        }
    }
    PQclear(rows);
}

static void read_postgres(struct dump *dump, const char *address)
{
    PGconn *connection = PQconnectdb(address);
    PGresult *tables = PQexec(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    assert_int_equal(PQresultStatus(tables), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(tables); i++)
        read_postgres_table(dump, connection, PQgetvalue(tables, i, 0));
    PQclear(tables);
    PQfinish(connection);
}

/* One sealed row, its round held; the caller releases the entry. bound ends in 'c' for a comment. */
static struct slice open_row(struct world *w, const struct store_rows *rows, bool comment,
                             struct slice *ret_id, struct cache_entry **ret_entry)
{
    uint8_t bound[65];
    struct slice rid = store_column_copy(rows, 0, w->region), plain;
    *ret_id = store_column_copy(rows, 1, w->region);
    memcpy(bound, rid.data, 32);
    memcpy(bound + 32, ret_id->data, 32);
    bound[64] = 'c';
    assert_ok(w,
              open_round_hold(&w->application, w->session, (const uint8_t *)rid.data, &w->error, ret_entry));
    const struct open_round *round = (*ret_entry)->value;
    assert_ok(w, seal_open(&round->data_key, slice_from_bytes(bound, comment ? 65 : 64),
                           store_column_bytes(rows, 2), w->region, &w->error, &plain));
    return plain;
}

STATEMENT(TEST_SEALED, "SELECT rid, answer_id, body FROM sealed_answer");

/* With the key file: what was answered, beside the row it was in. */
static void unseal(struct world *w, struct dump *dump)
{
    STORE_ROWS(rows);
    assert_ok(w, store_select(w->session, &TEST_SEALED, NO_PARAMETERS, &w->error, &rows));
    while (store_next(&rows)) {
        CLEANUP(open_round_cleanup) struct cache_entry *entry = NULL;
        struct slice id, body, plain = open_row(w, &rows, false, &id, &entry);
        const struct open_round *round = entry->value;
        struct answer_token token;
        struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM];
        int64_t version;
        assert_ok(w, answer_record_read(plain, round->logged, &w->error, &token, &body));
        assert_ok(w, answer_body_read(body, round->descriptor.item_count, &w->error, &version, cells));
        piece_begin(dump, "unsealed");
        add_bytes(dump, "unsealed", id);
        add_bytes(dump, "unsealed", slice_from_bytes(token.opk, sizeof token.opk));
        add_bytes(dump, "unsealed", slice_from_bytes(token.prefix, sizeof token.prefix));
        add_bytes(dump, "unsealed", slice_from_bytes(token.signature, sizeof token.signature));
        for (size_t i = 0; i < round->descriptor.item_count; i++) {
            char value[4];
            snprintf(value, sizeof value, "%d", cells[i].value);
            add_word(dump, slice_from_text(value));
            add_bytes(dump, "unsealed", slice_from_bytes(cells[i].salt, sizeof cells[i].salt));
        }
    }
    assert_ok(w, store_rows_end(&rows));
}

STATEMENT(TEST_SEALED_COMMENTS, "SELECT rid, comment_id, body FROM sealed_comment");

static void unseal_comments(struct world *w, struct dump *dump)
{
    STORE_ROWS(rows);
    assert_ok(w, store_select(w->session, &TEST_SEALED_COMMENTS, NO_PARAMETERS, &w->error, &rows));
    while (store_next(&rows)) {
        CLEANUP(open_round_cleanup) struct cache_entry *entry = NULL;
        struct slice id, body, text, plain = open_row(w, &rows, true, &id, &entry);
        int64_t version;
        assert_ok(w, comment_record_read(plain, &w->error, &version, &body));
        assert_ok(w, comment_body_read(body, &w->error, &text));
        piece_begin(dump, "unsealed comment");
        add_bytes(dump, "unsealed comment", id);
        add_text(dump, "unsealed comment", text);
    }
    assert_ok(w, store_rows_end(&rows));
}

static struct dump *dump_all(struct world *w)
{
    struct dump *dump = dump_new(w->region);
    if (w->engine == STORE_SQLITE)
        read_sqlite(dump, w->address);
    else
        read_postgres(dump, w->address);
    unseal(w, dump);
    unseal_comments(w, dump);
    return dump;
}

/* ---- Comparing --------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 29);
}

static uint64_t hash_text(struct slice text)
{
    uint64_t hash = 1469598103934665603U;
    for (size_t i = 0; i < text.length; i++)
        hash = mix(hash, (uint8_t)text.data[i]);
    return hash;
}

static uint64_t hash_piece(const struct dump *dump, const struct piece *piece, int32_t self)
{
    uint64_t hash = piece->count;
    for (size_t i = piece->first; i < piece->first + piece->count; i++) {
        const struct word *word = &dump->words[i];
        uint64_t of_word = word->token < 0       ? hash_text(word->text)
                           : word->token == self ? 1
                                                 : dump->colours[word->token];
        hash = mix(hash, of_word);
    }
    return hash;
}

/* Sums, so that the order of pieces does not matter. */
static void colour(struct dump *dump, int rounds)
{
    for (size_t i = 0; i < dump->token_count; i++)
        dump->colours[i] = dump->tokens[i].length <= LENGTH_TELLS ? dump->tokens[i].length : 0;
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < dump->token_count; i++)
            dump->next[i] = dump->colours[i];
        for (size_t p = 0; p < dump->piece_count; p++) {
            const struct piece *piece = &dump->pieces[p];
            for (size_t i = piece->first; i < piece->first + piece->count; i++)
                if (dump->words[i].token >= 0)
                    dump->next[dump->words[i].token] += mix(7, hash_piece(dump, piece, dump->words[i].token));
        }
        memcpy(dump->colours, dump->next, dump->token_count * sizeof *dump->colours);
    }
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* All pieces, each as one number, sorted. */
static uint64_t *canonical(struct dump *dump, int rounds)
{
    uint64_t *pieces = REGION_ARRAY(dump->region, dump->piece_count + 1, uint64_t);
    assert_non_null(pieces);
    colour(dump, rounds);
    for (size_t p = 0; p < dump->piece_count; p++)
        pieces[p] = hash_piece(dump, &dump->pieces[p], -1);
    qsort(pieces, dump->piece_count, sizeof *pieces, by_value);
    return pieces;
}

static void print_pieces_beside(const struct dump *dump, const uint64_t *others, size_t other_count)
{
    for (size_t p = 0, printed = 0; p < dump->piece_count && printed < 4; p++) {
        const struct piece *piece = &dump->pieces[p];
        uint64_t hash = hash_piece(dump, piece, -1);
        if (bsearch(&hash, others, other_count, sizeof hash, by_value) != NULL)
            continue;
        for (size_t i = 0; i < piece->count && i < 24; i++)
            print_message("%.*s ", SLICE_ARG(slice_part(dump->words[piece->first + i].text, 0, 24)));
        print_message("\n");
        printed++;
    }
}

/* With few colours first, so that what is printed is where the difference begins. */
static bool same(struct dump *a, struct dump *b, bool say)
{
    for (int rounds = 0; rounds <= ROUNDS_OF_COLOURS; rounds++) {
        const uint64_t *left = canonical(a, rounds), *right = canonical(b, rounds);
        if (a->piece_count == b->piece_count && memcmp(left, right, a->piece_count * sizeof *left) == 0)
            continue;
        if (say) {
            print_message("%zu and %zu pieces; only in the first, then only in the second:\n", a->piece_count,
                          b->piece_count);
            print_pieces_beside(a, right, b->piece_count);
            print_pieces_beside(b, left, a->piece_count);
        }
        return false;
    }
    return true;
}

/* ---- The weeks --------------------------------------------------------------------------------------------- */

/* What is exchanged between the first two members: a comment alone must be joined to no answer either. */
enum exchange { NOTHING, ANSWERS, COMMENTS, BOTH_OF_THEM };

/* What the member answers at first; the exchange is between the first and the second. */
static int value_of(int member, int item, bool swapped)
{
    int who = swapped && member < 2 ? 1 - member : member;
    return who == 0 ? 1 + item % 2 : who == 1 ? 5 - item % 2 : 2 + (who + item) % 3;
}

static void answer_as(struct world *w, int64_t team, int member, bool swapped, uint8_t ret_id[32])
{
    struct device device;
    struct answer_receipt receipt;
    int values[PROTOCOL_ITEMS_MAXIMUM];
    char address[64];
    snprintf(address, sizeof address, "m%d@ruil.example", member + 1);
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, address)));
    sha256(slice_from_bytes(device.submission.opk, sizeof device.submission.opk), ret_id);
    if (member < 2) { /* both of them answer in the middle, and change it */
        for (size_t i = 0; i < device.descriptor.item_count; i++)
            values[i] = 3;
        device_fill(w, &device, 1, values);
        assert_ok(w, device_send(w, &device, &receipt));
    }
    for (size_t i = 0; i < device.descriptor.item_count; i++)
        values[i] = value_of(member, (int)i, swapped);
    device_fill(w, &device, member < 2 ? 2 : 1, values);
    assert_ok(w, device_send(w, &device, &receipt));
    device_free(&device);
}

struct weeks {
    struct world *w;
    int64_t team;
    uint8_t ids[MEMBERS][32]; /* of the members' answers: only their own devices know them */
};

/* Everybody writes as many words as anybody else. */
static void comment_as(const struct weeks *weeks, int member, enum exchange exchange)
{
    bool swapped = exchange == COMMENTS || exchange == BOTH_OF_THEM;
    char address[64], text[64];
    snprintf(address, sizeof address, "m%d@ruil.example", member + 1);
    snprintf(text, sizeof text, "what %c thinks of it", 'a' + (swapped && member < 2 ? 1 - member : member));
    world_comment(weeks->w, weeks->team, address, text, NULL);
}

static void weeks_begin(struct weeks *weeks, struct world *w, enum exchange exchange)
{
    bool swapped = exchange == ANSWERS || exchange == BOTH_OF_THEM;
    world_takes_comments(w);
    w->application.mail_on = true; /* what waits to be sent is in the dump, too */
    int64_t number, neighbours;
    weeks->w = w;
    weeks->team = world_team(w, "ruil", 0, MEMBERS, true);
    neighbours = world_team(w, "buren", 0, 3, true); /* too few for figures */
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    for (int member = 0; member < MEMBERS; member++)
        answer_as(w, weeks->team, member, swapped, weeks->ids[member]);
    for (int member = 0; member < MEMBERS; member++)
        comment_as(weeks, member, exchange);
    world_answer(w, neighbours, "m1@buren.example", 2);
    world_answer(w, neighbours, "m2@buren.example", 4);
}

static void weeks_close(struct weeks *weeks)
{
    struct world *w = weeks->w;
    world_wait(w, ORG_ROUND_DAYS * DAY_SECONDS);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
}

/* The world of the test, and a second one on the same engine. */
static void both_begin(void **state, struct weeks *straight, struct weeks *swapped, enum exchange exchange)
{
    struct world *w = *state;
    void *other = &world_engines[w->engine == STORE_SQLITE ? 0 : 1];
    assert_int_equal(world_setup(&other), 0);
    weeks_begin(straight, w, NOTHING);
    weeks_begin(swapped, other, exchange);
}

static void both_end(struct weeks *swapped)
{
    void *other = swapped->w;
    world_teardown(&other);
}

static void exchanged_changes_nothing(void **state, enum exchange exchange)
{
    struct weeks straight, swapped;
    both_begin(state, &straight, &swapped, exchange);
    assert_true(same(dump_all(straight.w), dump_all(swapped.w), true)); /* open, every body unsealed */
    weeks_close(&straight);
    weeks_close(&swapped);
    struct dump *closed = dump_all(straight.w);
    assert_true(same(closed, dump_all(swapped.w), true));
    assert_true(closed->piece_count > 300); /* records, figures, logs and all */
    both_end(&swapped);
}

static void test_exchanged_answers_change_nothing(void **state)
{
    exchanged_changes_nothing(state, ANSWERS);
}

static void test_exchanged_comments_change_nothing(void **state)
{
    exchanged_changes_nothing(state, COMMENTS);
}

static void test_exchanged_both_change_nothing(void **state)
{
    exchanged_changes_nothing(state, BOTH_OF_THEM);
}

/* ---- Would a leak be found? -------------------------------------------------------------------------------- */

enum leak { BY_NAME, BY_ORDER, BY_HASH };

STATEMENT(TEST_FETCHED, "SELECT i.blinded_hash FROM issuance i JOIN person p ON p.org_id = i.org_id AND "
                        "p.person_id = i.person_id WHERE p.address = $1");

static void leak_to(struct weeks *weeks, struct dump *dump, enum leak leak, int member)
{
    char text[64];
    piece_begin(dump, "leak");
    if (leak == BY_ORDER)
        snprintf(text, sizeof text, "%d", member);
    else
        snprintf(text, sizeof text, "m%d@ruil.example", member + 1);
    if (leak == BY_HASH) { /* the name stands two tables away */
        STORE_ROWS(rows);
        assert_ok(weeks->w, store_select(weeks->w->session, &TEST_FETCHED,
                                         PARAMETERS(V_TEXT(slice_from_text(text))), &weeks->w->error, &rows));
        assert_true(store_next(&rows));
        add_bytes(dump, "leak", store_column_bytes(&rows, 0));
        assert_ok(weeks->w, store_rows_end(&rows));
    } else {
        add_text(dump, "leak", slice_from_text(text));
    }
    add_bytes(dump, "leak", slice_from_bytes(weeks->ids[member], 32));
}

static void test_a_leak_would_be_found(void **state)
{
    struct weeks straight, swapped;
    both_begin(state, &straight, &swapped, ANSWERS);
    for (enum leak leak = BY_NAME; leak <= BY_HASH; leak++) {
        struct dump *a = dump_all(straight.w), *b = dump_all(swapped.w);
        for (int member = 0; member < MEMBERS; member++) {
            leak_to(&straight, a, leak, member);
            leak_to(&swapped, b, leak, member);
        }
        assert_false(same(a, b, false));
    }
    both_end(&swapped);
}

/* Rows of answers stand in the order of their random ids: there is no other one in the file. */
static void test_there_is_no_order_of_arrival(void **state)
{
    struct world *w = *state;
    sqlite3 *database;
    sqlite3_stmt *statement;
    struct weeks weeks;
    weeks_begin(&weeks, w, NOTHING);
    assert_int_equal(sqlite3_open_v2(w->address, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT rowid FROM sealed_answer", -1, &statement, NULL),
                     SQLITE_ERROR);
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT answer_id FROM sealed_answer WHERE rid = ?", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    struct team_round part = world_part(w, weeks.team);
    sqlite3_bind_blob(statement, 1, part.rid, 32, SQLITE_STATIC);
    uint8_t last[32] = {0};
    int rows = 0;
    for (; sqlite3_step(statement) == SQLITE_ROW; rows++) {
        assert_true(memcmp(last, sqlite3_column_blob(statement, 0), 32) < 0);
        memcpy(last, sqlite3_column_blob(statement, 0), 32);
    }
    assert_int_equal(rows, MEMBERS);
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_exchanged_answers_change_nothing),    BOTH(test_exchanged_comments_change_nothing),
        BOTH(test_exchanged_both_change_nothing),       BOTH(test_a_leak_would_be_found),
        SQLITE_ONLY(test_there_is_no_order_of_arrival),
    };
    return WORLD_RUN(tests);
}
