#include "check.h"

static enum error_code fails(struct error *error, enum error_code code)
{
    return FAIL(error, code, "some-reason", "number %d", 7);
}

static enum error_code tries(struct error *error, enum error_code code, bool *ret_behind)
{
    TRY(code == OK ? OK : fails(error, code));
    *ret_behind = true;
    return OK;
}

TEST(no_error_struct_is_fine)
{
    assert_int_equal(fails(NULL, ERROR_GONE), ERROR_GONE);
}

TEST(details_are_filled_in)
{
    struct error error = {0};
    assert_int_equal(fails(&error, ERROR_INPUT), ERROR_INPUT);
    assert_int_equal(error.code, ERROR_INPUT);
    assert_string_equal(error.reason, "some-reason");
    assert_string_equal(error.detail, "number 7");
    assert_string_equal(error.file, __FILE__);
    assert_int_equal(error.line, 5);
}

TEST(a_missing_reason_becomes_the_code)
{
    struct error error = {0};
    (void)error_set(&error, ERROR_BUSY, __FILE__, __LINE__, NULL, "%s", "");
    assert_string_equal(error.reason, "busy");
}

TEST(long_details_are_cut)
{
    struct error error = {0};
    (void)FAIL(&error, ERROR_INPUT, "long", "%500d", 1);
    assert_int_equal(strlen(error.detail), sizeof(error.detail) - 1);
}

TEST(a_detail_may_be_wrapped)
{
    struct error error = {0};
    (void)FAIL(&error, ERROR_INPUT, "inner", "row 7");
    (void)FAIL(&error, error.code, error.reason, "people.csv: %s", error.detail);
    assert_string_equal(error.detail, "people.csv: row 7");
    assert_string_equal(error.reason, "inner");
}

TEST(try_returns_on_failure_only)
{
    struct error error = {0};
    bool behind = false;
    assert_int_equal(tries(&error, ERROR_STORE, &behind), ERROR_STORE);
    assert_false(behind);
    assert_int_equal(tries(&error, OK, &behind), OK);
    assert_true(behind);
}

TEST(every_code_has_its_name)
{
    for (int code = OK; code <= ERROR_INTERNAL; code++) {
        assert_string_not_equal(error_code_name((enum error_code)code), "unknown");
        for (int other = OK; other < code; other++)
            assert_string_not_equal(error_code_name((enum error_code)code),
                                    error_code_name((enum error_code)other));
    }
    assert_string_equal(error_code_name(ERROR_CONFLICT), "conflict");
    assert_string_equal(error_code_name((enum error_code)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_error_struct_is_fine),           cmocka_unit_test(details_are_filled_in),
        cmocka_unit_test(a_missing_reason_becomes_the_code), cmocka_unit_test(long_details_are_cut),
        cmocka_unit_test(a_detail_may_be_wrapped),           cmocka_unit_test(try_returns_on_failure_only),
        cmocka_unit_test(every_code_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
