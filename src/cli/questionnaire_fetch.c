#include "cli/questionnaire_fetch.h"

#include "privacy/seal.h"

static enum error_code read_text(struct slice text, const struct descriptor *descriptor,
                                 struct region *region, struct error *error,
                                 const struct instrument **ret_instrument)
{
    struct instrument *instrument = REGION_NEW(region, struct instrument);
    struct instrument_finding *findings =
        REGION_ARRAY(region, INSTRUMENT_FINDINGS_MAXIMUM, struct instrument_finding);
    uint8_t hash[sizeof descriptor->instrument_hash];
    size_t count;
    if (instrument == NULL || findings == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    sha256(text, hash);
    if (memcmp(hash, descriptor->instrument_hash, sizeof hash) != 0 ||
        instrument_read(text, region, error, findings, &count, instrument) != OK)
        return FAIL(error, ERROR_CRYPTO, "questionnaire-other",
                    "the questionnaire is not the one that the round fixed");
    *ret_instrument = instrument;
    return OK;
}

enum error_code questionnaire_fetch(struct web_client *web, struct slice base,
                                    const struct descriptor *descriptor, struct region *region,
                                    struct error *error, const struct instrument **ret_instrument)
{
    char hex[2 * sizeof descriptor->instrument_hash + 1];
    struct web_response response;
    if (slice_equal(descriptor_instrument(descriptor),
                    slice_from_bytes(instrument_builtin()->hash, sizeof instrument_builtin()->hash))) {
        *ret_instrument = instrument_builtin();
        return OK;
    }
    hex_encode(descriptor->instrument_hash, sizeof descriptor->instrument_hash, hex);
    struct slice url = region_format(region, "%.*s/api/questionnaires/%s", SLICE_ARG(base), hex);
    TRY(web_send(web, &(struct web_request){.url = region_text(region, url), .anonymous = true}, region,
                 error, &response));
    if (response.status != 200)
        return FAIL(error, ERROR_NOT_FOUND, "questionnaire-unread",
                    "the questionnaire of the round could not be read: the server answered %ld",
                    response.status);
    return read_text(response.body, descriptor, region, error, ret_instrument);
}
