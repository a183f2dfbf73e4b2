#include "check.h"

#include <pthread.h>

enum { ENDED_MAXIMUM = 100 };

/* Values are numbers; what was ended is noted. */
static int numbers[ENDED_MAXIMUM];
static int ended[ENDED_MAXIMUM];

static void end(void *value)
{
    ended[(int *)value - numbers]++;
}

static struct cache *cache_of(size_t entries, size_t bytes)
{
    for (int i = 0; i < ENDED_MAXIMUM; i++) {
        numbers[i] = i;
        ended[i] = 0;
    }
    struct cache *cache = cache_new(entries, bytes, end);
    assert_non_null(cache);
    return cache;
}

static uint64_t state_of(struct cache *cache)
{
    uint64_t state;
    assert_null(cache_find(cache, S("not there"), &state));
    return state;
}

static struct cache_entry *add(struct cache *cache, const char *key, int number, size_t bytes)
{
    struct cache_entry *entry =
        cache_add(cache, slice_from_text(key), state_of(cache), &numbers[number], bytes);
    assert_non_null(entry);
    assert_int_equal(*(int *)entry->value, number);
    return entry;
}

static bool has(struct cache *cache, const char *key, int number)
{
    uint64_t state;
    struct cache_entry *entry = cache_find(cache, slice_from_text(key), &state);
    bool found = entry != NULL && *(int *)entry->value == number;
    cache_release(entry);
    return found;
}

TEST(null_may_be_freed_and_released)
{
    assert_null(cache_free(NULL));
    cache_release(NULL);
}

TEST(a_cache_of_nothing_keeps_nothing)
{
    struct cache *caches[] = {cache_of(0, 100), cache_of(5, 9)};
    for (size_t i = 0; i < COUNT_OF(caches); i++) {
        ended[1] = 0;
        struct cache_entry *entry = add(caches[i], "pike", 1, 10);
        assert_int_equal(ended[1], 0); /* its holder still has it */
        cache_release(entry);
        assert_int_equal(ended[1], 1);
        assert_int_equal(cache_count(caches[i]), 0);
        cache_free(caches[i]);
    }
}

TEST(what_was_added_is_found_under_its_key_only)
{
    struct cache *cache = cache_of(5, 100);
    cache_release(add(cache, "pike", 1, 10));
    cache_release(add(cache, "perch", 2, 10));
    cache_release(add(cache, "", 3, 10)); /* the empty key is one, too */
    assert_true(has(cache, "pike", 1));
    assert_true(has(cache, "perch", 2));
    assert_true(has(cache, "", 3));
    assert_false(has(cache, "pik", 1));
    assert_false(has(cache, "pikes", 1));
    assert_int_equal(cache_count(cache), 3);
    assert_int_equal(cache_bytes(cache), 30);
    assert_int_equal(ended[1] + ended[2] + ended[3], 0);
    cache_free(cache);
    assert_int_equal(ended[1] + ended[2] + ended[3], 3);
}

TEST(the_same_key_again_replaces)
{
    struct cache *cache = cache_of(5, 100);
    cache_release(add(cache, "pike", 1, 10));
    cache_release(add(cache, "pike", 2, 20));
    assert_true(has(cache, "pike", 2));
    assert_int_equal(cache_count(cache), 1);
    assert_int_equal(cache_bytes(cache), 20);
    assert_int_equal(ended[1], 1);
    cache_free(cache);
}

TEST(the_one_used_longest_ago_makes_room)
{
    struct cache *cache = cache_of(3, 100);
    cache_release(add(cache, "a", 1, 10));
    cache_release(add(cache, "b", 2, 10));
    cache_release(add(cache, "c", 3, 10));
    assert_true(has(cache, "a", 1)); /* used again */
    cache_release(add(cache, "d", 4, 10));
    assert_false(has(cache, "b", 2));
    assert_true(has(cache, "a", 1) && has(cache, "c", 3) && has(cache, "d", 4));
    cache_release(add(cache, "large", 5, 85)); /* bytes make room, too */
    assert_int_equal(cache_count(cache), 2);
    assert_true(has(cache, "d", 4) && has(cache, "large", 5));
    cache_release(add(cache, "all", 6, 100));
    assert_int_equal(cache_count(cache), 1);
    assert_int_equal(cache_bytes(cache), 100);
    cache_free(cache);
    for (int i = 1; i <= 6; i++)
        assert_int_equal(ended[i], 1);
}

TEST(a_holder_keeps_what_is_dropped)
{
    struct cache *cache = cache_of(5, 100);
    struct cache_entry *first = add(cache, "pike", 1, 10);
    uint64_t then;
    struct cache_entry *second = cache_find(cache, S("pike"), &then);
    assert_ptr_equal(first, second);
    cache_drop(cache, S("pike"));
    cache_drop(cache, S("never there"));
    assert_int_equal(cache_count(cache), 0);
    assert_false(has(cache, "pike", 1));
    cache_release(first);
    assert_int_equal(ended[1], 0);
    cache_release(second);
    assert_int_equal(ended[1], 1);
    cache_free(cache);
}

/* Somebody began to make it, it was dropped meanwhile: it must not come back. */
TEST(what_was_begun_before_a_drop_is_not_kept)
{
    struct cache *cache = cache_of(5, 100);
    uint64_t before = state_of(cache);
    cache_drop(cache, S("pike"));
    cache_release(cache_add(cache, S("pike"), before, &numbers[1], 10));
    assert_false(has(cache, "pike", 1));
    assert_int_equal(ended[1], 1);
    before = state_of(cache);
    cache_clear(cache);
    cache_release(cache_add(cache, S("pike"), before, &numbers[2], 10));
    assert_int_equal(cache_count(cache), 0);
    cache_release(add(cache, "pike", 3, 10));
    assert_true(has(cache, "pike", 3));
    cache_free(cache);
}

static bool is_odd(const void *value, void *context)
{
    ++*(int *)context;
    return *(const int *)value % 2 != 0;
}

TEST(some_may_be_dropped)
{
    struct cache *cache = cache_of(50, 1000);
    int asked = 0;
    for (int i = 0; i < 9; i++) {
        char key[] = {(char)('a' + i), '\0'};
        cache_release(add(cache, key, i, 10));
    }
    cache_drop_if(cache, is_odd, &asked);
    assert_int_equal(asked, 9);
    assert_int_equal(cache_count(cache), 5);
    assert_int_equal(cache_bytes(cache), 50);
    assert_true(has(cache, "a", 0) && has(cache, "i", 8));
    assert_false(has(cache, "b", 1) || has(cache, "h", 7));
    cache_free(cache);
}

/* ---- Threads ------------------------------------------------------------------------------------------- */

static _Atomic int alive;

static void end_allocated(void *value)
{
    *(int *)value = -1;
    free(value);
    alive--;
}

/* Finds, makes and drops; what it holds must always be whole. */
static void *use(void *context)
{
    struct cache *cache = context;
    for (int i = 0; i < 5000; i++) {
        uint64_t state;
        char key[] = {(char)('a' + i * 7 % 10), '\0'};
        struct cache_entry *entry = cache_find(cache, slice_from_text(key), &state);
        if (entry == NULL) {
            int *value = malloc(sizeof *value);
            if (value == NULL)
                return NULL;
            *value = key[0];
            alive++;
            entry = cache_add(cache, slice_from_text(key), state, value, 10);
        }
        if (entry == NULL || *(int *)entry->value != key[0])
            return NULL;
        cache_release(entry);
        if (i % 13 == 0)
            cache_drop(cache, slice_from_text(key));
        if (i % 101 == 0)
            cache_clear(cache);
    }
    return context;
}

TEST(threads_share_it)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    struct cache *cache = cache_new(4, 35, end_allocated);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, cache), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, cache);
    }
    assert_true(cache_count(cache) <= 3); /* 35 bytes are three */
    cache_free(cache);
    assert_int_equal(alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_may_be_freed_and_released),
        cmocka_unit_test(a_cache_of_nothing_keeps_nothing),
        cmocka_unit_test(what_was_added_is_found_under_its_key_only),
        cmocka_unit_test(the_same_key_again_replaces),
        cmocka_unit_test(the_one_used_longest_ago_makes_room),
        cmocka_unit_test(a_holder_keeps_what_is_dropped),
        cmocka_unit_test(what_was_begun_before_a_drop_is_not_kept),
        cmocka_unit_test(some_may_be_dropped),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
