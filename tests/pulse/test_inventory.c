/* The file for the works council names every table that there is, and none that there is not. */
#include "world.h"

#include "pulse/inventory.h"

#include <libpq-fe.h>
#include <sqlite3.h>

enum { TABLES_MAXIMUM = 200, NAME_MAXIMUM = 64 };

struct names {
    char name[TABLES_MAXIMUM][NAME_MAXIMUM];
    size_t count;
};

static void add(struct names *names, const char *name)
{
    assert_true(names->count < TABLES_MAXIMUM);
    snprintf(names->name[names->count++], NAME_MAXIMUM, "%s", name);
}

static void read_tables(const struct world *w, struct names *names)
{
    if (w->engine == STORE_SQLITE) {
        sqlite3 *database;
        sqlite3_stmt *rows;
        assert_int_equal(sqlite3_open_v2(w->address, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(database,
                                            "SELECT name FROM sqlite_master WHERE type = 'table' "
                                            "AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
                                            -1, &rows, NULL),
                         SQLITE_OK);
        while (sqlite3_step(rows) == SQLITE_ROW)
            add(names, (const char *)sqlite3_column_text(rows, 0));
        sqlite3_finalize(rows);
        sqlite3_close(database);
        return;
    }
    PGconn *connection = PQconnectdb(w->address);
    PGresult *rows = PQexec(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(rows); i++)
        add(names, PQgetvalue(rows, i, 0));
    PQclear(rows);
    PQfinish(connection);
}

static size_t times_named(const char *table)
{
    size_t times = 0;
    for (size_t i = 0; i < INVENTORY_COUNT; i++)
        for (const char *const *at = INVENTORY[i].tables; *at != NULL; at++)
            times += strcmp(*at, table) == 0;
    return times;
}

static void test_every_table_is_named_once(void **state)
{
    struct names there = {.count = 0};
    size_t named = 0;
    read_tables(*state, &there);
    for (size_t i = 0; i < there.count; i++)
        if (times_named(there.name[i]) != 1) {
            print_error(
                "the file for the works council names the table %s %zu times: src/pulse/inventory.c\n",
                there.name[i], times_named(there.name[i]));
            fail();
        }
    for (size_t i = 0; i < INVENTORY_COUNT; i++)
        for (const char *const *at = INVENTORY[i].tables; *at != NULL; at++)
            named++;
    assert_int_equal(named, there.count);
}

int main(void)
{
    struct CMUnitTest tests[] = {BOTH(test_every_table_is_named_once)};
    return WORLD_RUN(tests);
}
