/* Any bytes are either refused or are the one canonical form of the round they describe. */
#include "privacy/disclosure.h"
#include "privacy/protocol.h"

enum { REGION_MAXIMUM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_round(const struct descriptor *d)
{
    require(d->org > 0 && d->team > 0 && d->round_number > 0);
    require(d->opens >= 0 && d->opens < d->closes && d->closes <= d->extended);
    require(d->k >= DISCLOSURE_K_MINIMUM);
    require(d->item_count >= 1 && d->item_count <= PROTOCOL_ITEMS_MAXIMUM);
    for (size_t i = 0; i < d->item_count; i++)
        require(protocol_is_identifier(d->items[i], PROTOCOL_ITEM_ID_MAXIMUM));
    require(slice_equal(d->items[0], S("promise")) == (d->promise.length > 0));
    const struct slice texts[] = {d->organisation, d->team_name, d->leader, d->promise, d->purpose};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        require(slice_is_clean_text(texts[i], ""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    struct error error = {0};
    struct descriptor descriptor;
    struct slice bytes = slice_from_bytes(data, size), again;
    enum error_code code = descriptor_read(bytes, region, &error, &descriptor);
    if (code != OK) {
        require(code == ERROR_INPUT && error.code == code && error.reason != NULL);
        return 0;
    }
    check_round(&descriptor);
    require(descriptor_write(&descriptor, region, &error, &again) == OK);
    require(slice_equal(bytes, again));
    return 0;
}
