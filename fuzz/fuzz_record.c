/* Any bytes are either refused or have the shape of a record, and then every check can be made of it. */
#include "pulse/verify.h"

enum { REGION_MAXIMUM = 64 << 20, INPUT_MAXIMUM = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(struct slice text, struct region *region)
{
    struct error error = {0};
    struct record *record = REGION_NEW(region, struct record);
    struct verification *v = REGION_NEW(region, struct verification);
    require(record != NULL && v != NULL);
    if (record_read(text, region, &error, record) != OK) {
        require(error.code == ERROR_INPUT && error.reason != NULL);
        return;
    }
    require(verify_record(record, instrument_builtin(), region, &error, v) == OK);
    require(v->failed); /* nobody signs by chance */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct error error = {0};
    struct team_log log;
    if (size > INPUT_MAXIMUM)
        return 0;
    check(slice_from_bytes(data, size), region);
    if (record_log_read(slice_from_bytes(data, size), region, &error, &log) != OK)
        require(error.code == ERROR_INPUT && error.reason != NULL);
    return 0;
}
