#include "privacy/ledger.h"

#include "privacy/blind.h"
#include "privacy/seal.h"

enum { LEAF_DATA_MAXIMUM = 1024 };

/* Leaf data of bounded parts; all lengths are fixed or checked by the callers. */
struct leaf_data {
    uint8_t bytes[LEAF_DATA_MAXIMUM];
    size_t length;
};

static void add(struct leaf_data *data, const void *bytes, size_t length)
{
    if (length > sizeof data->bytes - data->length)
        abort(); /* as sha256: there is no going on without a hash */
    if (length > 0)
        memcpy(data->bytes + data->length, bytes, length);
    data->length += length;
}

/* The text with the NUL at its end. */
static void add_label(struct leaf_data *data, const char *label)
{
    add(data, label, strlen(label) + 1);
}

static void add_person(struct leaf_data *data, int64_t person)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, person);
    add_label(data, digits);
}

static struct slice data_slice(const struct leaf_data *data)
{
    return slice_from_bytes(data->bytes, data->length);
}

void eligibility_leaf(const uint8_t prefix[static 32], const uint8_t rid[static 32],
                      const uint8_t opk[static ONE_TIME_PUBLIC_BYTES], struct slice signature,
                      struct merkle_hash *ret_leaf)
{
    struct leaf_data data = {.length = 0};
    uint8_t message[ANSWER_MESSAGE_BYTES];
    answer_message(rid, opk, message);
    add(&data, prefix, BLIND_PREFIX_BYTES);
    add(&data, message, sizeof message);
    add(&data, opk, ONE_TIME_PUBLIC_BYTES);
    add(&data, signature.data, signature.length);
    merkle_leaf(data_slice(&data), ret_leaf);
}

void issuance_leaf(const uint8_t salt[static LEDGER_SALT_BYTES], int64_t person, const uint8_t *blinded_hash,
                   struct slice device_signature, struct merkle_hash *ret_leaf)
{
    struct leaf_data data = {.length = 0};
    add(&data, salt, LEDGER_SALT_BYTES);
    add_label(&data, "hecht-issuance-v1");
    add_person(&data, person);
    if (blinded_hash == NULL) {
        add(&data, "not-issued", 10);
    } else {
        add(&data, "issued", 6);
        add(&data, blinded_hash, 32);
        add(&data, device_signature.data, device_signature.length);
    }
    merkle_leaf(data_slice(&data), ret_leaf);
}

void pad_leaf(const uint8_t random[static LEDGER_SALT_BYTES], struct merkle_hash *ret_leaf)
{
    struct leaf_data data = {.length = 0};
    add(&data, "hecht-pad-v1", 12);
    add(&data, random, LEDGER_SALT_BYTES);
    merkle_leaf(data_slice(&data), ret_leaf);
}

void device_message(const uint8_t rid[static 32], const uint8_t blinded_hash[static 32],
                    uint8_t ret_message[static DEVICE_MESSAGE_BYTES])
{
    memcpy(ret_message, "hecht-token-v1", 14);
    memcpy(ret_message + 14, rid, 32);
    memcpy(ret_message + 46, blinded_hash, 32);
}
