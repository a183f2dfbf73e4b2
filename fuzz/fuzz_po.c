/* The .po reader and the checks between languages, on any bytes: the input up to a NUL is English, the rest
 * Dutch. What is accepted must come out as tables. */
#include "catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    CLEANUP(buffer_free) struct buffer header = BUFFER(16 << 20);
    CLEANUP(buffer_free) struct buffer tables = BUFFER(16 << 20);
    struct error error = {0};
    struct catalogue catalogue;
    struct slice input = slice_from_bytes(data, size);
    size_t middle = slice_find_byte(input, '\0');
    struct slice dutch = middle < size ? slice_from(input, middle + 1) : input;
    const struct source sources[] = {{S("a.en.po"), slice_part(input, 0, middle)}, {S("a.nl.po"), dutch}};
    if (catalogue_build(sources, COUNT_OF(sources), false, region, &error, &catalogue) != OK) {
        if (error.detail[0] == '\0')
            abort();
        return 0;
    }
    for (size_t i = 0; i < catalogue.count; i++)
        if (catalogue_find(&catalogue, catalogue.entries[i].key) != &catalogue.entries[i])
            abort();
    catalogue_write_header(&header, &catalogue);
    catalogue_write_tables(&tables, &catalogue);
    if (header.failed || tables.failed)
        abort();
    return 0;
}
