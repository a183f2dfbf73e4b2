#include "table/csv.h"

/* A failure that belongs to no row: the sink's, or no memory. */
static bool deliver(struct csv_parser *parser)
{
    struct csv_result *result = parser->result;
    int64_t rows = (int64_t)parser->block->rows;
    enum error_code code =
        block_deliver(parser->block, parser->sink, parser->context, parser->thread, &result->failure);
    if (code == OK) {
        result->rows += rows;
        return true;
    }
    result->code = code;
    result->failed_record = -1;
    return false;
}

/* Behind the line break at `at`, or NULL. */
static char *pass_blank_line(char *at)
{
    if (*at == '\r')
        at++;
    return *at == '\n' ? at + 1 : NULL;
}

/* False: the reading ends. */
static bool parse_carefully(struct csv_parser *parser, char **at)
{
    struct csv_result *result = parser->result;
    char *next = pass_blank_line(*at);
    bool kept = false;
    if (next != NULL) {
        result->lines++;
        *at = next;
        return true;
    }
    next = csv_careful_record(parser, *at, &kept);
    if (next == NULL)
        return false;
    if (kept)
        block_commit(parser->block, parser->first_row + result->records);
    result->records++;
    *at = next;
    return true;
}

void csv_parse_piece(struct csv_parser *parser, char *data, size_t length, struct csv_result *result)
{
    char *at = data;
    parser->result = result;
    parser->end = data + length;
    while (at < parser->end) {
        char *next = parser->plan->careful ? NULL : csv_fast_record(parser, at);
        if (next != NULL) {
            block_commit(parser->block, parser->first_row + result->records);
            result->records++;
            at = next;
        } else if (!parse_carefully(parser, &at)) {
            return;
        }
        if (parser->block->rows == parser->block->capacity && !deliver(parser))
            return;
    }
    deliver(parser);
}
