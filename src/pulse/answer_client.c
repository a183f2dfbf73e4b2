#include "pulse/answer_client.h"

static enum error_code make_message(struct answer_client *client, struct region *region, struct error *error)
{
    uint8_t *message = region_allocate(region, ANSWER_MESSAGE_BYTES);
    if (message == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(one_time_key_make(error, &client->key));
    TRY(one_time_key_public(client->key, error, client->opk));
    answer_message(client->rid, client->opk, message);
    return blind_message(client->round_key, slice_from_bytes(message, ANSWER_MESSAGE_BYTES), region, error,
                         &client->blinded);
}

enum error_code answer_client_take_round(struct slice descriptor_bytes, const uint8_t rid[32],
                                         struct region *region, struct error *error,
                                         struct answer_client *ret_client)
{
    struct answer_client client = {0};
    descriptor_rid(descriptor_bytes, client.rid);
    if (memcmp(client.rid, rid, sizeof client.rid) != 0)
        return FAIL(error, ERROR_CRYPTO, "round-not-as-said",
                    "the description of the round does not match its fingerprint; nothing was sent");
    TRY(descriptor_read(region_copy(region, descriptor_bytes), region, error, &client.descriptor));
    TRY(blind_public_key_import(client.descriptor.spki, error, &client.round_key));
    *ret_client = client;
    return OK;
}

enum error_code answer_client_begin(struct slice descriptor_bytes, const uint8_t rid[32],
                                    struct region *region, struct error *error,
                                    struct answer_client *ret_client)
{
    struct answer_client client;
    TRY(answer_client_take_round(descriptor_bytes, rid, region, error, &client));
    enum error_code code = make_message(&client, region, error);
    if (code != OK) {
        answer_client_end(&client);
        return code;
    }
    *ret_client = client;
    return OK;
}

enum error_code answer_client_finish(struct answer_client *client, struct slice blind_signature,
                                     struct region *region, struct error *error)
{
    return blind_finalize(client->round_key, &client->blinded, blind_signature, region, error,
                          &client->signature);
}

enum error_code answer_client_submission(const struct answer_client *client, const int *values,
                                         int64_t version, struct random *random, struct region *region,
                                         struct error *error, struct answer_submission *ret_submission)
{
    struct answer_submission submission = {
        .prepared = client->blinded.prepared,
        .signature = client->signature,
        .version = version,
        .cell_count = client->descriptor.item_count,
        .cells = REGION_ARRAY(region, client->descriptor.item_count, struct answer_cell),
    };
    if (submission.cells == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    memcpy(submission.rid, client->rid, sizeof submission.rid);
    memcpy(submission.opk, client->opk, sizeof submission.opk);
    for (size_t i = 0; i < submission.cell_count; i++) {
        submission.cells[i].item = client->descriptor.items[i];
        submission.cells[i].value = values[i];
        random_bytes(random, submission.cells[i].salt, sizeof submission.cells[i].salt);
    }
    struct slice text;
    TRY(answer_text(client->rid, version, submission.cells, submission.cell_count, region, error, &text));
    TRY(one_time_sign(client->key, text, error, submission.osig));
    *ret_submission = submission;
    return OK;
}

void answer_client_end(struct answer_client *client)
{
    client->key = one_time_key_free(client->key);
    client->round_key = blind_public_key_free(client->round_key);
}
