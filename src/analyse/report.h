/* An analysis for people: headings, one plain sentence per finding, tables, pictures. One report is printed as text
 * or written as one self-contained HTML page. Everything is in the report's region. */
#ifndef HECHT_ANALYSE_REPORT_H
#define HECHT_ANALYSE_REPORT_H

#include "view/view.h"

enum { REPORT_SECTIONS_MAXIMUM = 64, REPORT_SENTENCES_MAXIMUM = 24, REPORT_COLUMNS_MAXIMUM = 16 };

struct report_table {
    struct slice title; /* what the table holds; also for screen readers */
    struct slice heads[REPORT_COLUMNS_MAXIMUM];
    bool numeric[REPORT_COLUMNS_MAXIMUM]; /* to the right */
    size_t columns;
    struct slice *cells;   /* row by row */
    struct html *pictures; /* per row, shown as a last column of the page */
    bool has_pictures;
    size_t rows, capacity;
    int64_t left_out; /* rows that were not listed, said below the table */
};

struct report_section {
    struct slice heading;
    struct slice sentences[REPORT_SENTENCES_MAXIMUM];
    size_t sentence_count;
    struct html picture;        /* empty: none */
    struct slice caption;       /* how to read the picture; only on the page */
    struct report_table *table; /* NULL: none */
};

struct report {
    struct region *region;
    enum language language;
    struct slice title, source; /* source: the file's name */
    struct report_section sections[REPORT_SECTIONS_MAXIMUM];
    size_t section_count;
};

struct report *report_new(struct region *region, enum language language, struct slice title,
                          struct slice source); /* NULL without memory */
struct report_section *report_section(struct report *report, struct slice heading);
/* A sentence of the catalogue po/analyse.{en,nl}.po into the last section. */
void report_say(struct report *report, enum message message, const struct argument *arguments, size_t count);
void report_say_text(struct report *report, struct slice sentence); /* made of messages already */
/* A table into the last section; rows is how many will be listed at most: further ones are counted and said below
 * it. All columns come before the first row. NULL without memory, which the next two take, too. */
struct report_table *report_table(struct report *report, struct slice title, size_t rows);
void report_column(struct report_table *table, struct slice head, bool numeric);
/* cells: one per column. picture may be empty. */
void report_row(struct report_table *table, const struct slice *cells, struct html picture);
void report_picture(struct report *report, struct html picture);
void report_caption(struct report *report, struct slice caption); /* below the picture: how to read it */

/* ---- Words of numbers ------------------------------------------------------------------------------ */

struct slice report_text(const struct report *report, enum message message); /* without arguments */
struct slice report_integer(const struct report *report, int64_t value);
struct slice report_number(const struct report *report, double value, int decimals); /* "-" when not finite */
struct slice report_range(const struct report *report, double low, double high,
                          int decimals);                                /* "2.1 to 3.4" */
struct slice report_percent(const struct report *report, double share); /* .124 -> "12 %" */

/* ---- Output ----------------------------------------------------------------------------------------- */

/* Plain text, 100 columns at most where words allow it. */
void report_write_text(const struct report *report, struct buffer *out);
/* One HTML file with style and pictures inside, nothing fetched from anywhere. */
void report_write_page(const struct report *report, struct buffer *out);

#endif
