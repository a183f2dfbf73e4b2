/* What compiled templates and pages run on: languages, texts, numbers and dates, escaping. */
#ifndef HECHT_VIEW_VIEW_H
#define HECHT_VIEW_VIEW_H

#include "base/base.h"

enum language { LANGUAGE_EN = 0, LANGUAGE_NL, LANGUAGE_COUNT };

/* Generated from po/: enum message with MESSAGE_NONE = 0. */
#include "messages.h"

/* What every template gets beside its own parameters. */
struct view {
    enum language language;
    struct slice csrf;
    struct slice once; /* one-time form id; for pages with a form */
};

/* Text that is HTML already; only templates and pictures make it. */
struct html {
    struct slice bytes;
};

struct argument {
    const char *name;
    enum { ARGUMENT_TEXT = 1, ARGUMENT_INTEGER, ARGUMENT_DECIMAL, ARGUMENT_DATE } kind;
    struct slice text;
    int64_t integer; /* also the seconds of a date */
    double decimal;
    int decimals;
};
#define A_TEXT(name_, slice_) ((struct argument){.name = (name_), .kind = ARGUMENT_TEXT, .text = (slice_)})
#define A_INTEGER(name_, value_)                                                                             \
    ((struct argument){.name = (name_), .kind = ARGUMENT_INTEGER, .integer = (value_)})
#define A_DECIMAL(name_, value_, decimals_)                                                                  \
    ((struct argument){                                                                                      \
        .name = (name_), .kind = ARGUMENT_DECIMAL, .decimal = (value_), .decimals = (decimals_)})
#define A_DATE(name_, seconds_)                                                                              \
    ((struct argument){.name = (name_), .kind = ARGUMENT_DATE, .integer = (seconds_)})
#define ARGUMENTS(...)                                                                                       \
    (const struct argument[]){__VA_ARGS__},                                                                  \
        sizeof((const struct argument[]){__VA_ARGS__}) / sizeof(struct argument)
#define NO_ARGUMENTS NULL, 0

/* The text of a message, not escaped. */
void message_write(struct buffer *out, enum language language, enum message message,
                   const struct argument *arguments, size_t count);
struct slice message_text(struct region *region, enum language language, enum message message,
                          const struct argument *arguments, size_t count);
/* Escaped for HTML content and quoted attributes. */
void message_write_html(struct buffer *out, enum language language, enum message message,
                        const struct argument *arguments, size_t count);
/* By its key ("claim.title"); MESSAGE_NONE when there is none. For keys that are data (error reasons). O(log
 * n). */
enum message message_find(struct slice key);

const char *language_code(enum language language);                       /* "en", "nl" */
bool language_from_code(struct slice code, enum language *ret_language); /* "nl", "nl-BE" */
/* Person, then link (?language=), then Accept-Language with its q values, then organisation, then English.
 * Empty slices are passed over. */
enum language language_choose(struct slice person, struct slice link, struct slice accept_language,
                              struct slice organisation);

void format_integer(struct buffer *out, enum language language, int64_t value); /* 1.234 / 1,234 */
void format_decimal(struct buffer *out, enum language language, double value, int decimals); /* 3,7 / 3.7 */
void format_date(struct buffer *out, enum language language, int64_t seconds); /* 23 november 2026 */
void format_date_time(struct buffer *out, enum language language,
                      int64_t seconds); /* ma 23 november, 14:30 */
/* The same of a date that is not in the time zone of the machine. */
void format_civil_date_time(struct buffer *out, enum language language, const struct date *date);

void escape_html(struct buffer *out, struct slice text);     /* & < > " ' */
void escape_url_part(struct buffer *out, struct slice text); /* percent-encoding of all but unreserved */
void write_url(struct buffer *out, struct slice url); /* the rule of the url type, escaped for an attribute */

#endif
