#include "check.h"

#include "privacy/seal.h"

#include <sys/stat.h>
#include <unistd.h>

static struct error error;

static void assert_hex(const uint8_t *bytes, size_t length, const char *expected)
{
    char text[129];
    assert_true(length <= 64);
    hex_encode(bytes, length, text);
    assert_string_equal(text, expected);
}

TEST(sha256_of_nothing_and_of_abc)
{
    uint8_t hash[32];
    sha256(S(""), hash); /* FIPS 180-4 examples */
    assert_hex(hash, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256((struct slice){0}, hash);
    assert_hex(hash, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256(S("abc"), hash);
    assert_hex(hash, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(hmac_of_rfc_4231)
{
    uint8_t key[20], mac[32];
    memset(key, 0x0b, sizeof key);
    hmac_sha256(key, sizeof key, S("Hi There"), mac);
    assert_hex(mac, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_sha256("Jefe", 4, S("what do ya want for nothing?"), mac);
    assert_hex(mac, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    hmac_sha256(NULL, 0, (struct slice){0}, mac);
    assert_hex(mac, 32, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(constant_time_comparison_compares)
{
    assert_true(equal_in_constant_time(NULL, NULL, 0));
    assert_true(equal_in_constant_time("abc", "abd", 2));
    assert_false(equal_in_constant_time("abc", "abd", 3));
}

TEST(wiping_wipes)
{
    uint8_t bytes[4] = {1, 2, 3, 4};
    wipe(bytes, 3);
    assert_memory_equal(bytes, ((uint8_t[]){0, 0, 0, 4}), 4);
    wipe(NULL, 0);
}

static struct seal_key key_of(uint64_t seed)
{
    struct random random;
    struct seal_key key;
    random_seeded_init(&random, seed);
    seal_key_make(&random, &key);
    return key;
}

TEST(what_is_sealed_opens_again)
{
    TEST_REGION(region);
    struct seal_key key = key_of(1);
    struct slice texts[] = {S(""), S("x"), S("a longer text, beyond one block of the cipher")};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t j = 0; j < COUNT_OF(texts); j++) {
            struct slice sealed, plain;
            assert_ok(seal(&key, texts[j], texts[i], random_system(), region, &error, &sealed));
            assert_int_equal(sealed.length, texts[i].length + SEAL_OVERHEAD_BYTES);
            assert_ok(seal_open(&key, texts[j], sealed, region, &error, &plain));
            assert_same(plain, texts[i]);
        }
}

TEST(every_changed_bit_is_found)
{
    TEST_REGION(region);
    struct seal_key key = key_of(1), other = key_of(2);
    struct slice sealed, plain = S("untouched");
    assert_ok(seal(&key, S("round 7"), S("secret"), random_system(), region, &error, &sealed));
    assert_int_equal(seal_open(&other, S("round 7"), sealed, region, &error, &plain), ERROR_CRYPTO);
    assert_int_equal(seal_open(&key, S("round 8"), sealed, region, &error, &plain), ERROR_CRYPTO);
    assert_int_equal(seal_open(&key, S(""), sealed, region, &error, &plain), ERROR_CRYPTO);
    for (size_t bit = 0; bit < 8 * sealed.length; bit++) {
        char copy[64];
        assert_true(sealed.length <= sizeof copy);
        memcpy(copy, sealed.data, sealed.length);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
        assert_int_equal(
            seal_open(&key, S("round 7"), slice_from_bytes(copy, sealed.length), region, &error, &plain),
            ERROR_CRYPTO);
    }
    for (size_t length = 0; length < sealed.length; length++)
        assert_int_equal(seal_open(&key, S("round 7"), slice_part(sealed, 0, length), region, &error, &plain),
                         ERROR_CRYPTO);
    assert_same(plain, S("untouched"));
}

/* Test case 16 of the GCM specification (McGrew, Viega) with AES-256. */
TEST(the_cipher_is_aes_256_gcm)
{
    TEST_REGION(region);
    struct seal_key key;
    uint8_t bound[20], sealed[12 + 60 + 16], expected[60];
    assert_true(
        hex_decode(S("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), key.bytes, 32));
    assert_true(hex_decode(S("feedfacedeadbeeffeedfacedeadbeefabaddad2"), bound, 20));
    assert_true(
        hex_decode(S("cafebabefacedbaddecaf888522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd25"
                     "55d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cd"
                     "df8853bb2d551b"),
                   sealed, sizeof sealed));
    assert_true(
        hex_decode(S("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e"
                     "2449a6b525b16aedf5aa0de657ba637b39"),
                   expected, sizeof expected));
    struct slice plain;
    assert_ok(seal_open(&key, slice_from_bytes(bound, 20), slice_from_bytes(sealed, sizeof sealed), region,
                        &error, &plain));
    assert_same(plain, slice_from_bytes(expected, sizeof expected));
}

TEST(nonces_differ)
{
    TEST_REGION(region);
    struct seal_key key = key_of(1);
    struct slice a, b;
    assert_ok(seal(&key, S(""), S("same"), random_system(), region, &error, &a));
    assert_ok(seal(&key, S(""), S("same"), random_system(), region, &error, &b));
    assert_false(slice_equal(slice_part(a, 0, 12), slice_part(b, 0, 12)));
    assert_false(slice_equal(slice_from(a, 12), slice_from(b, 12)));
}

TEST(memory_that_ends_is_an_error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(10);
    struct seal_key key = key_of(1);
    struct slice sealed;
    assert_int_equal(seal(&key, S(""), S("same"), random_system(), region, &error, &sealed), ERROR_MEMORY);
}

TEST(the_key_file_is_made_once_and_private)
{
    TEST_REGION(region);
    char path[64];
    snprintf(path, sizeof path, "/tmp/hecht-test-key-%d", (int)getpid());
    unlink(path);
    struct seal_key first, second;
    assert_int_equal(seal_key_file(path, false, random_system(), region, &error, &first), ERROR_NOT_FOUND);
    assert_ok(seal_key_file(path, true, random_system(), region, &error, &first));
    assert_ok(seal_key_file(path, true, random_system(), region, &error, &second));
    assert_memory_equal(&first, &second, sizeof first);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct slice content;
    assert_ok(file_read(path, 200, region, &error, &content));
    assert_int_equal(content.length, 13 + 64 + 1);
    assert_true(slice_starts_with(content, S("hecht-key-v1 ")));
    unlink(path);
}

TEST(a_wrong_key_file_is_refused)
{
    TEST_REGION(region);
    char path[64];
    snprintf(path, sizeof path, "/tmp/hecht-test-wrong-%d", (int)getpid());
    const char *wrong[] = {"", "hecht-key-v1 ", "hecht-key-v1 00ff", "hecht-key-v2 ",
                           "hecht-key-v1 zz00000000000000000000000000000000000000000000000000000000000000"};
    struct seal_key key;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        unlink(path);
        assert_ok(file_create_private(path, slice_from_text(wrong[i]), &error));
        assert_int_equal(seal_key_file(path, true, random_system(), region, &error, &key), ERROR_INPUT);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_nothing_and_of_abc),
        cmocka_unit_test(hmac_of_rfc_4231),
        cmocka_unit_test(constant_time_comparison_compares),
        cmocka_unit_test(wiping_wipes),
        cmocka_unit_test(what_is_sealed_opens_again),
        cmocka_unit_test(every_changed_bit_is_found),
        cmocka_unit_test(the_cipher_is_aes_256_gcm),
        cmocka_unit_test(nonces_differ),
        cmocka_unit_test(memory_that_ends_is_an_error),
        cmocka_unit_test(the_key_file_is_made_once_and_private),
        cmocka_unit_test(a_wrong_key_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
