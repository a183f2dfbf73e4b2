/* Writes tests/reference/protocol_vectors.json to standard output: the messages of a round as C makes them,
 * which the C test and the browser's modules (tests/browser) must both make and read. The file is committed;
 * run this again only when a new version of a message is added. */
#include "protocol_samples.h"

#include "privacy/signature.h"

static struct error error;

static void must(enum error_code code)
{
    if (code == OK)
        return;
    fprintf(stderr, "%s\n", error.detail);
    exit(1);
}

static void member_text(const char *name, struct slice value)
{
    printf(",\n    \"%s\": \"%.*s\"", name, SLICE_ARG(value));
}

static void member_integer(const char *name, int64_t value)
{
    printf(",\n    \"%s\": \"%" PRId64 "\"", name, value);
}

static void member_hex(const char *name, const void *bytes, size_t length)
{
    printf(",\n    \"%s\": \"", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", ((const uint8_t *)bytes)[i]);
    printf("\"");
}

static void begin(const char *kind)
{
    static bool another;
    printf("%s\n  {\n    \"kind\": \"%s\"", another ? "," : "[", kind);
    another = true;
}

static void end(void)
{
    printf("\n  }");
}

static struct slice write_descriptor(const struct descriptor *d, struct region *region)
{
    struct slice bytes;
    uint8_t rid[32];
    must(descriptor_write(d, region, &error, &bytes));
    descriptor_rid(bytes, rid);
    begin("descriptor");
    member_integer("org", d->org);
    member_text("organisation", d->organisation);
    member_integer("team", d->team);
    member_text("team_name", d->team_name);
    member_text("leader", d->leader);
    member_integer("round", d->round_number);
    member_text("form", d->form);
    member_integer("opens", d->opens);
    member_integer("closes", d->closes);
    member_integer("extended", d->extended);
    member_text("instrument", d->instrument);
    member_integer("instrument_version", d->instrument_version);
    member_hex("instrument_hash", d->instrument_hash, 32);
    printf(",\n    \"items\": \"");
    for (size_t i = 0; i < d->item_count; i++)
        printf("%s%.*s", i ? " " : "", SLICE_ARG(d->items[i]));
    printf("\"");
    member_text("promise", d->promise);
    member_integer("k", d->k);
    member_integer("roster_count", d->roster_count);
    member_hex("roster_root", d->roster_root.bytes, 32);
    member_text("purpose", d->purpose);
    member_hex("spki", d->spki.data, d->spki.length);
    member_hex("bytes", bytes.data, bytes.length);
    member_hex("rid", rid, 32);
    end();
    return bytes;
}

static void write_refused(struct slice bytes, struct region *region)
{
    for (size_t i = 0; i < COUNT_OF(sample_edits); i++) {
        struct slice edited = sample_edited(bytes, sample_edits[i].from, sample_edits[i].to, region);
        if (edited.length == 0) {
            fprintf(stderr, "edit \"%s\" changes nothing\n", sample_edits[i].why);
            exit(1);
        }
        begin("refused");
        member_text("why", slice_from_text(sample_edits[i].why));
        member_hex("bytes", edited.data, edited.length);
        end();
    }
}

static void member_cells(const struct answer_cell *cells, size_t count)
{
    printf(",\n    \"cells\": \"");
    for (size_t i = 0; i < count; i++) {
        char salt[2 * PROTOCOL_SALT_BYTES + 1];
        hex_encode(cells[i].salt, sizeof cells[i].salt, salt);
        printf("%s%.*s %d %s", i ? " " : "", SLICE_ARG(cells[i].item), cells[i].value, salt);
    }
    printf("\",\n    \"cell_hashes\": \"");
    for (size_t i = 0; i < count; i++) {
        struct merkle_hash hash;
        char text[65];
        cell_hash(&cells[i], &hash);
        hex_encode(hash.bytes, sizeof hash.bytes, text);
        printf("%s%s", i ? " " : "", text);
    }
    printf("\"");
}

static void write_answer(const struct descriptor *d, const uint8_t rid[static 32], int64_t version,
                         struct region *region)
{
    struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM];
    struct slice text, body, receipt;
    struct one_time_key *key = NULL;
    uint8_t opk[65], osig[64], message[ANSWER_MESSAGE_BYTES], seed[32], log_public[32], log_signature[64];
    sample_cells(d, (uint64_t)version, cells);
    must(one_time_key_make(&error, &key));
    must(one_time_key_public(key, &error, opk));
    answer_message(rid, opk, message);
    must(answer_text(rid, version, cells, d->item_count, region, &error, &text));
    must(one_time_sign(key, text, &error, osig));
    one_time_key_free(key);
    must(answer_body_write(version, cells, d->item_count, region, &error, &body));
    const uint8_t *answer_id = message + ANSWER_MESSAGE_BYTES - 32;
    must(receipt_text(rid, answer_id, version, cells, d->item_count, region, &error, &receipt));
    must(log_key_make(&error, seed, log_public));
    must(log_sign(seed, receipt, &error, log_signature));
    begin("answer");
    member_hex("rid", rid, 32);
    member_integer("version", version);
    member_cells(cells, d->item_count);
    member_hex("opk", opk, sizeof opk);
    member_hex("message", message, sizeof message);
    member_hex("text", text.data, text.length);
    member_hex("osig", osig, sizeof osig);
    member_hex("body", body.data, body.length);
    member_hex("answer_id", answer_id, 32);
    member_hex("receipt", receipt.data, receipt.length);
    member_hex("log_public", log_public, sizeof log_public);
    member_hex("log_signature", log_signature, sizeof log_signature);
    end();
}

static void write_roster_leaf(uint64_t seed, int64_t person)
{
    struct random random;
    struct merkle_hash leaf;
    uint8_t salt[32];
    random_seeded_init(&random, seed);
    random_bytes(&random, salt, sizeof salt);
    roster_leaf(salt, person, &leaf);
    begin("roster");
    member_hex("salt", salt, sizeof salt);
    member_integer("person", person);
    member_hex("leaf", leaf.bytes, sizeof leaf.bytes);
    end();
}

int main(void)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    struct descriptor minimum = sample_minimum(), round = sample_round();
    uint8_t rid[32];
    write_descriptor(&minimum, region);
    struct slice bytes = write_descriptor(&round, region);
    descriptor_rid(bytes, rid);
    write_refused(bytes, region);
    write_answer(&round, rid, 1, region);
    write_answer(&round, rid, PROTOCOL_VERSION_MAXIMUM, region);
    write_answer(&minimum, rid, 2, region);
    write_roster_leaf(1, 1);
    write_roster_leaf(2, INT64_MAX);
    printf("\n]\n");
    return 0;
}
