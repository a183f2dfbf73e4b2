#include "analyse/report.h"

#include <math.h>

enum { DECIMALS_OF_PERCENT = 0, NUMBER_MAXIMUM = 400 };

struct report *report_new(struct region *region, enum language language, struct slice title,
                          struct slice source)
{
    struct report *report = REGION_NEW(region, struct report);
    if (report == NULL)
        return NULL;
    report->region = region;
    report->language = language;
    report->title = title;
    report->source = source;
    return report;
}

struct report_section *report_section(struct report *report, struct slice heading)
{
    if (report->section_count == REPORT_SECTIONS_MAXIMUM)
        return &report->sections[REPORT_SECTIONS_MAXIMUM - 1];
    struct report_section *section = &report->sections[report->section_count++];
    *section = (struct report_section){.heading = heading};
    return section;
}

static struct report_section *last_section(struct report *report)
{
    return report->section_count > 0 ? &report->sections[report->section_count - 1]
                                     : report_section(report, S(""));
}

void report_say_text(struct report *report, struct slice sentence)
{
    struct report_section *section = last_section(report);
    if (section->sentence_count < REPORT_SENTENCES_MAXIMUM && sentence.length > 0)
        section->sentences[section->sentence_count++] = sentence;
}

void report_say(struct report *report, enum message message, const struct argument *arguments, size_t count)
{
    report_say_text(report, message_text(report->region, report->language, message, arguments, count));
}

struct report_table *report_table(struct report *report, struct slice title, size_t rows)
{
    struct report_table *table = REGION_NEW(report->region, struct report_table);
    if (table == NULL)
        return NULL;
    table->title = title;
    table->capacity = rows;
    table->cells = REGION_ARRAY(report->region, rows * REPORT_COLUMNS_MAXIMUM, struct slice);
    table->pictures = REGION_ARRAY(report->region, rows, struct html);
    if (table->cells == NULL || table->pictures == NULL)
        return NULL;
    last_section(report)->table = table;
    return table;
}

void report_column(struct report_table *table, struct slice head, bool numeric)
{
    if (table == NULL || table->columns == REPORT_COLUMNS_MAXIMUM)
        return;
    table->heads[table->columns] = head;
    table->numeric[table->columns++] = numeric;
}

void report_row(struct report_table *table, const struct slice *cells, struct html picture)
{
    if (table == NULL)
        return;
    if (table->rows == table->capacity) {
        table->left_out++;
        return;
    }
    memcpy(table->cells + table->rows * table->columns, cells, table->columns * sizeof *cells);
    table->has_pictures = table->has_pictures || picture.bytes.length > 0;
    table->pictures[table->rows++] = picture;
}

void report_picture(struct report *report, struct html picture)
{
    last_section(report)->picture = picture;
}

void report_caption(struct report *report, struct slice caption)
{
    last_section(report)->caption = caption;
}

/* ---- Words of numbers ---------------------------------------------------------------------------- */

struct slice report_text(const struct report *report, enum message message)
{
    return message_text(report->region, report->language, message, NO_ARGUMENTS);
}

struct slice report_integer(const struct report *report, int64_t value)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(NUMBER_MAXIMUM);
    format_integer(&out, report->language, value);
    return region_copy(report->region, buffer_slice(&out));
}

struct slice report_number(const struct report *report, double value, int decimals)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(NUMBER_MAXIMUM);
    format_decimal(&out, report->language, value, decimals);
    return region_copy(report->region, buffer_slice(&out));
}

struct slice report_range(const struct report *report, double low, double high, int decimals)
{
    if (!isfinite(low) || !isfinite(high))
        return report_number(report, (double)NAN, decimals);
    return message_text(report->region, report->language, MESSAGE_ANALYSE_RANGE,
                        ARGUMENTS(A_DECIMAL("low", low, decimals), A_DECIMAL("high", high, decimals)));
}

struct slice report_percent(const struct report *report, double share)
{
    if (!isfinite(share))
        return report_number(report, share, DECIMALS_OF_PERCENT);
    return message_text(report->region, report->language, MESSAGE_ANALYSE_PERCENT,
                        ARGUMENTS(A_DECIMAL("value", share * 100, DECIMALS_OF_PERCENT)));
}
