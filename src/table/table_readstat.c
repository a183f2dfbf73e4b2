#include "table/internal.h"

enum error_code readstat_open_table(struct table *table, struct error *error)
{
    return FAIL(error, ERROR_INPUT, "table-format", "%s is an SPSS or Stata file; save it as CSV",
                table->source.name);
}

enum error_code readstat_read_table(struct table *table, const struct plan *plan, table_sink sink,
                                    void *context, struct error *error, struct table_counts *counts)
{
    (void)plan, (void)sink, (void)context, (void)counts;
    return readstat_open_table(table, error);
}
