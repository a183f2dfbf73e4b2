/* Any bytes are either refused or are the one body of the answer they hold. The first byte is the number of
 * items. */
#include "privacy/protocol.h"

enum { REGION_MAXIMUM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct error error = {0};
    struct answer_cell cells[PROTOCOL_ITEMS_MAXIMUM];
    struct slice body = slice_from_bytes(data + 1, size - 1), again;
    size_t count = data[0];
    int64_t version = 0;
    enum error_code code = answer_body_read(body, count, &error, &version, cells);
    if (code != OK) {
        require(code == ERROR_INPUT && error.code == code && error.reason != NULL);
        return 0;
    }
    require(body.length == answer_body_size(count));
    require(version >= 1 && version <= PROTOCOL_VERSION_MAXIMUM);
    for (size_t i = 0; i < count; i++)
        require(cells[i].value >= 0 && cells[i].value <= PROTOCOL_VALUE_MAXIMUM);
    require(answer_body_write(version, cells, count, region, &error, &again) == OK);
    require(slice_equal(body, again));
    return 0;
}
