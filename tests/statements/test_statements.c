/* Every SQL statement of the whole program is prepared on both engines. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "store/store.h"

static void prepare_all(const char *address)
{
    struct error error = {0};
    struct store *store = NULL;
    struct store_session *session = NULL;
    if (store_open(address, &(struct store_options){0}, &error, &store) != OK ||
        store_session_open(store, &error, &session) != OK || store_prepare_all(session, &error) != OK)
        fail_msg("%s: %s", error.reason, error.detail);
    store_session_close(session);
    store_close(store);
}

static void there_are_statements(void **state)
{
    (void)state;
    assert_true(store_statements_end() - store_statements_begin() > 60);
}

static void sqlite_prepares_all(void **state)
{
    (void)state;
    char folder[] = "/tmp/hecht-statements-XXXXXX", path[80];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/hecht.db", folder);
    prepare_all(path);
}

static void postgres_prepares_all(void **state)
{
    (void)state;
    const char *address = getenv("HECHT_TEST_POSTGRES");
    if (address == NULL && getenv("HECHT_TEST_SQLITE_ONLY") != NULL)
        skip();
    assert_non_null(address);
    prepare_all(address);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_statements),
        cmocka_unit_test(sqlite_prepares_all),
        cmocka_unit_test(postgres_prepares_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
