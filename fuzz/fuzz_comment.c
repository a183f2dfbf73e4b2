/* A comment as it arrives: any bytes as its body, its sealed record and its message are either refused or are what the writers
 * make again. */
#include "pulse/comment.h"

enum { REGION_MAXIMUM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void read_body(struct slice body, struct region *region)
{
    struct error error = {0};
    struct slice text, again;
    enum error_code code = comment_body_read(body, &error, &text);
    if (code != OK) {
        require(code == ERROR_INPUT && error.reason != NULL);
        return;
    }
    require(text.length <= COMMENT_TEXT_MAXIMUM && slice_is_utf8(text));
    require(comment_body_write(text, region, &error, &again) == OK && slice_equal(body, again));
}

/* Of any length: filled up to that of a body, which is where the interesting ones are. */
static void read_filled(struct slice bytes, struct region *region)
{
    uint8_t body[COMMENT_BODY_BYTES] = {0}, record[COMMENT_RECORD_BYTES] = {0};
    int64_t version;
    struct slice inner, again;
    struct error error = {0};
    memcpy(body, bytes.data, bytes.length < sizeof body ? bytes.length : sizeof body);
    memcpy(record, bytes.data, bytes.length < sizeof record ? bytes.length : sizeof record);
    read_body(slice_from_bytes(body, sizeof body), region);
    if (comment_record_read(slice_from_bytes(record, sizeof record), &error, &version, &inner) == OK)
        require(comment_record_write(version, inner, region, &error, &again) == OK &&
                slice_equal(slice_from_bytes(record, sizeof record), again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct slice bytes = slice_from_bytes(size > 0 ? (const char *)data : "", size);
    struct comment_submission submission;
    struct error error = {0};
    read_body(bytes, region);
    read_filled(bytes, region);
    enum error_code code = comment_from_json(bytes, region, &error, &submission);
    require(code == OK || (code == ERROR_INPUT && error.reason != NULL) || code == ERROR_MEMORY);
    return 0;
}
