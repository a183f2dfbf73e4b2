#include "comment_client.h"

static enum error_code make_message(struct comment_client *client, struct region *region, struct error *error)
{
    uint8_t *message = region_allocate(region, COMMENT_MESSAGE_BYTES);
    if (message == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(one_time_key_make(error, &client->key));
    TRY(one_time_key_public(client->key, error, client->opk));
    comment_message(client->rid, client->opk, message);
    return blind_message(client->round_key, slice_from_bytes(message, COMMENT_MESSAGE_BYTES), region, error,
                         &client->blinded);
}

enum error_code comment_client_begin(const struct descriptor *descriptor, const uint8_t rid[static 32],
                                     struct region *region, struct error *error,
                                     struct comment_client *ret_client)
{
    struct comment_client client = {0};
    memcpy(client.rid, rid, sizeof client.rid);
    if (descriptor->comment_spki.length == 0)
        return FAIL(error, ERROR_NOT_FOUND, "no-comments", "the round takes no comments");
    TRY(blind_public_key_import(descriptor->comment_spki, error, &client.round_key));
    enum error_code code = make_message(&client, region, error);
    if (code != OK) {
        comment_client_end(&client);
        return code;
    }
    *ret_client = client;
    return OK;
}

enum error_code comment_client_finish(struct comment_client *client, struct slice blind_signature,
                                      struct region *region, struct error *error)
{
    return blind_finalize(client->round_key, &client->blinded, blind_signature, region, error,
                          &client->signature);
}

enum error_code comment_client_submission(const struct comment_client *client, struct slice text,
                                          int64_t version, struct region *region, struct error *error,
                                          struct comment_submission *ret_submission)
{
    struct slice signed_text;
    struct comment_submission submission = {
        .prepared = client->blinded.prepared, .signature = client->signature, .version = version};
    memcpy(submission.rid, client->rid, sizeof submission.rid);
    memcpy(submission.opk, client->opk, sizeof submission.opk);
    TRY(comment_body_write(text, region, error, &submission.body));
    TRY(comment_signed_text(client->rid, version, submission.body, region, error, &signed_text));
    TRY(one_time_sign(client->key, signed_text, error, submission.osig));
    *ret_submission = submission;
    return OK;
}

void comment_client_end(struct comment_client *client)
{
    client->key = one_time_key_free(client->key);
    client->round_key = blind_public_key_free(client->round_key);
}

STATEMENT(TEST_TAKES_COMMENTS, "UPDATE org SET comments = 1 WHERE org_id = $1");

void world_takes_comments(struct world *w)
{
    world_execute(w, &TEST_TAKES_COMMENTS, PARAMETERS(V_INTEGER(w->org)));
}

void world_comment(struct world *w, int64_t team, const char *address, const char *text, uint8_t ret_id[32])
{
    struct team_round part = world_part(w, team);
    struct descriptor descriptor;
    struct comment_client client;
    struct comment_submission submission;
    struct answer_receipt receipt;
    struct slice signature;
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    assert_ok(w, comment_client_begin(&descriptor, part.rid, w->region, &w->error, &client));
    assert_ok(w, comment_issue(&w->application, w->session, w->org, world_person(w, address), part.rid,
                               client.blinded.blinded, w->region, &w->error, &signature));
    assert_ok(w, comment_client_finish(&client, signature, w->region, &w->error));
    assert_ok(
        w, comment_client_submission(&client, slice_from_text(text), 1, w->region, &w->error, &submission));
    assert_ok(w, comment_submit(&w->application, w->session, &submission, w->region, &w->error, &receipt));
    if (ret_id != NULL)
        sha256(slice_from_bytes(client.opk, sizeof client.opk), ret_id);
    comment_client_end(&client);
}
