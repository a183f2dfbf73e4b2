/* Any bytes are either refused or are the one canonical form of an entry of a log, or of a result
 * statement. */
#include "privacy/log_entry.h"
#include "privacy/result_statement.h"

enum { REGION_MAXIMUM = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_entry(struct slice bytes, struct region *region)
{
    struct error error = {0};
    struct log_entry entry;
    struct slice again;
    if (log_entry_read(bytes, region, &error, &entry) != OK) {
        require(error.code == ERROR_INPUT && error.reason != NULL);
        return;
    }
    require(entry.item_count <= PROTOCOL_ITEMS_MAXIMUM);
    require(log_entry_write(&entry, region, &error, &again) == OK);
    require(slice_equal(bytes, again));
}

static void check_statement(struct slice bytes, struct region *region)
{
    struct error error = {0};
    struct result_statement *statement = REGION_NEW(region, struct result_statement);
    struct slice again;
    require(statement != NULL);
    if (result_statement_read(bytes, region, &error, statement) != OK) {
        require(error.code == ERROR_INPUT && error.reason != NULL);
        return;
    }
    require(statement->item_count >= 1 && statement->item_count <= PROTOCOL_ITEMS_MAXIMUM);
    require(statement->construct_count <= RESULT_CONSTRUCTS_MAXIMUM);
    require(result_statement_write(statement, region, &error, &again) == OK);
    require(slice_equal(bytes, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(region_cleanup) struct region *region = region_new(REGION_MAXIMUM);
    require(region != NULL);
    check_entry(slice_from_bytes(data, size), region);
    check_statement(slice_from_bytes(data, size), region);
    return 0;
}
