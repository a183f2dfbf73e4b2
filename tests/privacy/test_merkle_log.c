#include "check.h"

#include "privacy/merkle.h"
#include "privacy/seal.h"

enum { SIZE_MAXIMUM = 130 };

/* ---- RFC 6962, 2.1, word for word ---------------------------------------------------------------- */

static size_t power_below(size_t count)
{
    size_t power = 1;
    while (2 * power < count)
        power *= 2;
    return power;
}

static struct merkle_hash naive_root(const struct merkle_hash *leaves, size_t count)
{
    struct merkle_hash root;
    if (count == 0) {
        sha256(S(""), root.bytes);
        return root;
    }
    if (count == 1)
        return leaves[0];
    size_t k = power_below(count);
    struct merkle_hash left = naive_root(leaves, k), right = naive_root(leaves + k, count - k);
    merkle_node(&left, &right, &root);
    return root;
}

static void add(struct merkle_path *path, struct merkle_hash hash)
{
    path->hashes[path->length++] = hash;
}

/* PATH(m, D[n]) */
static void naive_path(size_t m, const struct merkle_hash *leaves, size_t n, struct merkle_path *path)
{
    if (n == 1)
        return;
    size_t k = power_below(n);
    if (m < k) {
        naive_path(m, leaves, k, path);
        add(path, naive_root(leaves + k, n - k));
    } else {
        naive_path(m - k, leaves + k, n - k, path);
        add(path, naive_root(leaves, k));
    }
}

/* SUBPROOF(m, D[n], b) */
static void naive_subproof(size_t m, const struct merkle_hash *leaves, size_t n, bool b,
                           struct merkle_path *path)
{
    if (m == n) {
        if (!b)
            add(path, naive_root(leaves, n));
        return;
    }
    size_t k = power_below(n);
    if (m <= k) {
        naive_subproof(m, leaves, k, b, path);
        add(path, naive_root(leaves + k, n - k));
    } else {
        naive_subproof(m - k, leaves + k, n - k, false, path);
        add(path, naive_root(leaves, k));
    }
}

static void assert_path(const struct merkle_path *path, const struct merkle_path *expected)
{
    assert_int_equal(path->length, expected->length);
    assert_memory_equal(path->hashes, expected->hashes, path->length * sizeof path->hashes[0]);
}

static void make_leaves(struct merkle_hash *leaves, size_t count)
{
    struct random random;
    random_seeded_init(&random, 6962);
    random_bytes(&random, leaves, count * sizeof *leaves);
}

/* ---- The test tree of Certificate Transparency --------------------------------------------------- */

static const char *const ct_leaves[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const ct_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

TEST(roots_are_those_of_certificate_transparency)
{
    struct merkle_log log = {0};
    for (size_t i = 0; i <= COUNT_OF(ct_leaves); i++) {
        struct merkle_hash root, leaf;
        char text[65];
        merkle_log_root(&log, &root);
        hex_encode(root.bytes, sizeof root.bytes, text);
        assert_string_equal(text, ct_roots[i]);
        if (i == COUNT_OF(ct_leaves))
            break;
        uint8_t data[16];
        size_t length = strlen(ct_leaves[i]) / 2;
        assert_true(hex_decode(slice_from_text(ct_leaves[i]), data, length));
        merkle_leaf(slice_from_bytes(data, length), &leaf);
        merkle_log_append(&log, &leaf);
    }
}

/* ---- Against the definition ---------------------------------------------------------------------- */

TEST(a_growing_log_has_the_root_of_the_definition)
{
    struct merkle_hash leaves[SIZE_MAXIMUM], root;
    struct merkle_log log = {0};
    make_leaves(leaves, SIZE_MAXIMUM);
    for (size_t count = 0; count <= SIZE_MAXIMUM; count++) {
        struct merkle_hash expected = naive_root(leaves, count);
        merkle_log_root(&log, &root);
        assert_memory_equal(&root, &expected, sizeof root);
        merkle_list_root(leaves, count, &root);
        assert_memory_equal(&root, &expected, sizeof root);
        assert_int_equal(log.size, count);
        if (count < SIZE_MAXIMUM)
            merkle_log_append(&log, &leaves[count]);
    }
}

TEST(inclusion_is_proven_for_every_leaf_of_every_size)
{
    struct merkle_hash leaves[SIZE_MAXIMUM];
    make_leaves(leaves, SIZE_MAXIMUM);
    for (size_t count = 1; count <= SIZE_MAXIMUM; count++) {
        struct merkle_hash root = naive_root(leaves, count);
        for (size_t index = 0; index < count; index++) {
            struct merkle_path path, expected = {0};
            naive_path(index, leaves, count, &expected);
            merkle_inclusion_proof(leaves, count, index, &path);
            assert_path(&path, &expected);
            assert_true(merkle_inclusion_holds(&leaves[index], index, count, &path, &root));
        }
    }
}

TEST(consistency_is_proven_for_every_pair_of_sizes)
{
    struct merkle_hash leaves[SIZE_MAXIMUM], roots[SIZE_MAXIMUM + 1];
    make_leaves(leaves, SIZE_MAXIMUM);
    for (size_t count = 0; count <= SIZE_MAXIMUM; count++)
        roots[count] = naive_root(leaves, count);
    for (size_t count = 0; count <= SIZE_MAXIMUM; count++)
        for (size_t old = 0; old <= count; old++) {
            struct merkle_path path, expected = {0};
            if (old > 0)
                naive_subproof(old, leaves, count, true, &expected);
            merkle_consistency_proof(leaves, count, old, &path);
            assert_path(&path, &expected);
            assert_true(merkle_consistency_holds(old, &roots[old], count, &roots[count], &path));
        }
}

/* ---- What must not hold -------------------------------------------------------------------------- */

/* The path shorter, longer, and with each hash changed. */
static void each_damage(const struct merkle_path *path, bool (*holds)(const struct merkle_path *, void *),
                        void *context)
{
    assert_true(holds(path, context));
    struct merkle_path other = *path;
    other.length++;
    memset(&other.hashes[path->length], 0, sizeof other.hashes[0]);
    assert_false(holds(&other, context));
    if (path->length > 0) {
        other.length = path->length - 1;
        assert_false(holds(&other, context));
    }
    for (size_t i = 0; i < path->length; i++) {
        other = *path;
        other.hashes[i].bytes[i % 32] ^= 1;
        assert_false(holds(&other, context));
    }
}

struct claim {
    const struct merkle_hash *leaf, *old_root, *root;
    size_t index, count;
};

static bool inclusion(const struct merkle_path *path, void *context)
{
    const struct claim *claim = context;
    return merkle_inclusion_holds(claim->leaf, claim->index, claim->count, path, claim->root);
}

static bool consistency(const struct merkle_path *path, void *context)
{
    const struct claim *claim = context;
    return merkle_consistency_holds(claim->index, claim->old_root, claim->count, claim->root, path);
}

TEST(false_inclusions_are_refused)
{
    struct merkle_hash leaves[40];
    make_leaves(leaves, COUNT_OF(leaves));
    for (size_t count = 1; count <= COUNT_OF(leaves); count++) {
        struct merkle_hash root = naive_root(leaves, count);
        for (size_t index = 0; index < count; index++) {
            struct merkle_path path;
            merkle_inclusion_proof(leaves, count, index, &path);
            struct claim claim = {.leaf = &leaves[index], .root = &root, .index = index, .count = count};
            each_damage(&path, inclusion, &claim);
            for (size_t other = 0; other <= count; other++)
                if (other != index)
                    assert_false(merkle_inclusion_holds(&leaves[index], other, count, &path, &root));
            claim.leaf = &leaves[(index + 1) % COUNT_OF(leaves)];
            assert_false(inclusion(&path, &claim));
        }
    }
    struct merkle_path empty = {.length = 0};
    assert_false(merkle_inclusion_holds(&leaves[0], 0, 0, &empty, &leaves[0]));
}

TEST(other_histories_are_refused)
{
    struct merkle_hash leaves[40], changed[40];
    make_leaves(leaves, COUNT_OF(leaves));
    for (size_t count = 1; count <= COUNT_OF(leaves); count++)
        for (size_t old = 1; old <= count; old++) {
            struct merkle_hash root = naive_root(leaves, count), old_root = naive_root(leaves, old);
            struct merkle_path path;
            merkle_consistency_proof(leaves, count, old, &path);
            struct claim claim = {.old_root = &old_root, .root = &root, .index = old, .count = count};
            each_damage(&path, consistency, &claim);
            memcpy(changed, leaves, sizeof leaves);
            changed[old - 1].bytes[0] ^= 1;
            struct merkle_hash other = naive_root(changed, old);
            claim.old_root = &other;
            assert_false(consistency(&path, &claim));
        }
    struct merkle_path empty = {.length = 0};
    struct merkle_hash one = naive_root(leaves, 1), two = naive_root(leaves, 2);
    assert_false(merkle_consistency_holds(2, &two, 1, &one, &empty)); /* a log that became shorter */
    assert_false(merkle_consistency_holds(1, &one, 1, &two, &empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_those_of_certificate_transparency),
        cmocka_unit_test(a_growing_log_has_the_root_of_the_definition),
        cmocka_unit_test(inclusion_is_proven_for_every_leaf_of_every_size),
        cmocka_unit_test(consistency_is_proven_for_every_pair_of_sizes),
        cmocka_unit_test(false_inclusions_are_refused),
        cmocka_unit_test(other_histories_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
