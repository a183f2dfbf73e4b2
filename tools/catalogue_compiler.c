/* catalogue_compiler OUT.h OUT.c AREA.en.po AREA.nl.po ...
 *
 * Makes the enum of all messages and the tables of their texts. */
#include "catalogue.h"

static enum error_code compile(int count, char **paths, struct region *region, struct error *error)
{
    CLEANUP(buffer_free) struct buffer header = BUFFER(OUTPUT_MAXIMUM);
    CLEANUP(buffer_free) struct buffer tables = BUFFER(OUTPUT_MAXIMUM);
    struct source sources[CATALOGUE_FILES_MAXIMUM];
    struct catalogue catalogue;
    if (count < 2 || count - 2 > CATALOGUE_FILES_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "usage",
                    "usage: catalogue_compiler OUT.h OUT.c AREA.en.po AREA.nl.po ...");
    size_t source_count = (size_t)count - 2;
    for (size_t i = 0; i < source_count; i++)
        TRY(source_read(paths[i + 2], region, error, &sources[i]));
    TRY(catalogue_build(sources, source_count, false, region, error, &catalogue));
    catalogue_write_header(&header, &catalogue);
    catalogue_write_tables(&tables, &catalogue);
    TRY(output_write(paths[0], &header, error));
    return output_write(paths[1], &tables, error);
}

int main(int argument_count, char **arguments)
{
    struct error error = {0};
    CLEANUP(region_cleanup) struct region *region = region_new(TOOL_REGION_MAXIMUM);
    if (region != NULL && compile(argument_count - 1, arguments + 1, region, &error) == OK)
        return 0;
    fprintf(stderr, "%s\n", region == NULL ? "no memory" : error.detail);
    return 1;
}
