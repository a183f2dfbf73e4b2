/* Files of time zones: whatever they hold, a moment has a date or the file is refused. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t MOMENTS[] = {INT64_MIN, -1, 0, 1795420800, 4102444800, 250000000000, INT64_MAX};
    CLEANUP(region_cleanup) struct region *region = region_new(4 << 20);
    const struct zone *zone;
    if (region == NULL || zone_parse(slice_from_bytes(data, size), region, NULL, &zone) != OK)
        return 0;
    for (size_t i = 0; i < COUNT_OF(MOMENTS); i++) {
        struct date date = zone_date(zone, MOMENTS[i]);
        if (date.month < 1 || date.month > 12 || date.hour < 0 || date.hour > 23 || date.weekday > 6)
            abort();
    }
    return 0;
}
