#include "base/base.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"

enum {
    ZONE_FILE_MAXIMUM = 256 << 10,
    ZONE_ENTRIES_MAXIMUM = 4000,
    ZONE_TYPES_MAXIMUM = 256,
    HEADER_BYTES = 44,
    HEADER_COUNTS = 20, /* where the six counts begin */
    TYPE_BYTES = 6,
    OFFSET_MOST = 26 * HOUR_SECONDS,
    RULE_HOURS_MOST = 167,
};

/* The day of a year on which clocks change. */
struct rule_day {
    enum { DAY_OF_MONTH_WEEK = 1, DAY_WITHOUT_LEAP, DAY_FROM_ZERO } kind;
    int month, week, weekday; /* "M3.5.0": the last Sunday of March */
    int day;                  /* "J60", "59" */
    int64_t time;             /* seconds after midnight, by the clock that ends */
};

/* "CET-1CEST,M3.5.0,M10.5.0/3" */
struct rule {
    bool there, has_summer;
    int64_t winter, summer; /* seconds east of UTC */
    struct rule_day begins, ends;
};

struct zone {
    size_t count;
    const int64_t *moments; /* ascending: from here on ... */
    const int64_t *offsets; /* ... this many seconds east of UTC */
    int64_t first;          /* before all of them */
    struct rule rule;       /* after the last */
};

/* ---- The rule at the end ------------------------------------------------------------------------------------ */

static bool take_byte(struct slice *rest, char byte)
{
    if (rest->length == 0 || rest->data[0] != byte)
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

static bool take_number(struct slice *rest, int64_t lowest, int64_t highest, int64_t *ret_value)
{
    size_t digits = 0;
    while (digits < rest->length && digits < 4 && rest->data[digits] >= '0' && rest->data[digits] <= '9')
        digits++;
    if (!slice_to_integer(slice_part(*rest, 0, digits), lowest, highest, ret_value))
        return false;
    *rest = slice_from(*rest, digits);
    return true;
}

/* "3", "-2:30", "+01:00:00" */
static bool take_time(struct slice *rest, int64_t hours_most, int64_t *ret_seconds)
{
    int64_t hours, minutes = 0, seconds = 0;
    bool negative = take_byte(rest, '-');
    if (!negative)
        (void)take_byte(rest, '+');
    if (!take_number(rest, 0, hours_most, &hours) ||
        (take_byte(rest, ':') && (!take_number(rest, 0, 59, &minutes) ||
                                  (take_byte(rest, ':') && !take_number(rest, 0, 59, &seconds)))))
        return false;
    *ret_seconds = (hours * 60 + minutes) * 60 + seconds;
    if (negative)
        *ret_seconds = -*ret_seconds;
    return true;
}

/* "CEST" or "<+03>"; which, nobody asks. */
static bool take_letters(struct slice *rest)
{
    size_t length = 0;
    if (take_byte(rest, '<')) {
        length = slice_find_byte(*rest, '>');
        if (length == rest->length)
            return false;
        *rest = slice_from(*rest, length + 1);
        return true;
    }
    while (length < rest->length && ((rest->data[length] >= 'A' && rest->data[length] <= 'Z') ||
                                     (rest->data[length] >= 'a' && rest->data[length] <= 'z')))
        length++;
    *rest = slice_from(*rest, length);
    return length >= 3;
}

static bool take_day(struct slice *rest, struct rule_day *day)
{
    int64_t first, second, third;
    *day = (struct rule_day){.time = 2 * HOUR_SECONDS};
    if (take_byte(rest, 'M')) {
        if (!take_number(rest, 1, 12, &first) || !take_byte(rest, '.') || !take_number(rest, 1, 5, &second) ||
            !take_byte(rest, '.') || !take_number(rest, 0, 6, &third))
            return false;
        day->kind = DAY_OF_MONTH_WEEK;
        day->month = (int)first;
        day->week = (int)second;
        day->weekday = (int)third;
    } else {
        bool without_leap = take_byte(rest, 'J');
        if (!take_number(rest, without_leap ? 1 : 0, 365, &first))
            return false;
        day->kind = without_leap ? DAY_WITHOUT_LEAP : DAY_FROM_ZERO;
        day->day = (int)first;
    }
    return !take_byte(rest, '/') || take_time(rest, RULE_HOURS_MOST, &day->time);
}

static bool parse_rule(struct slice text, struct rule *ret_rule)
{
    struct rule rule = {.there = true};
    int64_t west;
    if (!take_letters(&text) || !take_time(&text, 24, &west))
        return false;
    rule.winter = -west;
    if (text.length > 0) {
        rule.has_summer = true;
        rule.summer = rule.winter + HOUR_SECONDS;
        if (!take_letters(&text))
            return false;
        if (text.length > 0 && text.data[0] != ',') {
            if (!take_time(&text, 24, &west))
                return false;
            rule.summer = -west;
        }
        if (!take_byte(&text, ',') || !take_day(&text, &rule.begins) || !take_byte(&text, ',') ||
            !take_day(&text, &rule.ends))
            return false;
    }
    *ret_rule = rule;
    return text.length == 0;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Midnight of a day as if it were UTC. */
static int64_t day_begin(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    return timegm(&tm);
}

/* The moment by the clock on the wall, as if that were UTC. */
static int64_t rule_moment(const struct rule_day *rule, int year)
{
    if (rule->kind == DAY_FROM_ZERO)
        return day_begin(year, 1, 1) + rule->day * (int64_t)DAY_SECONDS + rule->time;
    if (rule->kind == DAY_WITHOUT_LEAP) {
        int day = rule->day - 1 + (rule->day >= 60 && is_leap(year));
        return day_begin(year, 1, 1) + day * (int64_t)DAY_SECONDS + rule->time;
    }
    int64_t first = day_begin(year, rule->month, 1);
    int64_t next = rule->month == 12 ? day_begin(year + 1, 1, 1) : day_begin(year, rule->month + 1, 1);
    int64_t at = first + (rule->weekday - date_utc(first).weekday + 7) % 7 * (int64_t)DAY_SECONDS +
                 (rule->week - 1) * (int64_t)WEEK_SECONDS;
    while (at >= next)
        at -= WEEK_SECONDS;
    return at + rule->time;
}

static int64_t rule_offset(const struct rule *rule, int64_t seconds)
{
    if (!rule->has_summer)
        return rule->winter;
    int year = date_utc(seconds + rule->winter).year;
    int64_t begins = rule_moment(&rule->begins, year) - rule->winter;
    int64_t ends = rule_moment(&rule->ends, year) - rule->summer;
    bool summer =
        begins < ends ? seconds >= begins && seconds < ends : !(seconds >= ends && seconds < begins);
    return summer ? rule->summer : rule->winter;
}

/* ---- The file ----------------------------------------------------------------------------------------------- */

struct header {
    char version;
    size_t utc_marks, standard_marks, leaps, entries, types, letters;
};

static uint64_t read_big(const char *bytes, size_t length)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static bool take_header(struct slice *rest, struct header *ret_header)
{
    if (rest->length < HEADER_BYTES || !slice_starts_with(*rest, S("TZif")))
        return false;
    size_t counts[6];
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        counts[i] = (size_t)read_big(rest->data + HEADER_COUNTS + 4 * i, 4);
    *ret_header =
        (struct header){rest->data[4], counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    *rest = slice_from(*rest, HEADER_BYTES);
    return counts[2] <= ZONE_ENTRIES_MAXIMUM && counts[3] <= ZONE_ENTRIES_MAXIMUM && counts[4] >= 1 &&
           counts[4] <= ZONE_TYPES_MAXIMUM && counts[0] <= ZONE_TYPES_MAXIMUM &&
           counts[1] <= ZONE_TYPES_MAXIMUM && counts[5] <= ZONE_ENTRIES_MAXIMUM;
}

/* What stands behind a header; moment: bytes of a point in time. */
static size_t block_length(const struct header *header, size_t moment)
{
    return header->entries * (moment + 1) + header->types * TYPE_BYTES + header->letters +
           header->leaps * (moment + 4) + header->standard_marks + header->utc_marks;
}

static bool read_offset(struct slice types, size_t index, int64_t *ret_offset)
{
    if ((index + 1) * TYPE_BYTES > types.length)
        return false;
    *ret_offset = (int32_t)(uint32_t)read_big(types.data + index * TYPE_BYTES, 4);
    return *ret_offset >= -(int64_t)OFFSET_MOST && *ret_offset <= OFFSET_MOST;
}

static bool read_entries(struct slice block, const struct header *header, int64_t *moments, int64_t *offsets,
                         struct zone *zone)
{
    size_t count = header->entries;
    struct slice indices = slice_part(block, 8 * count, count);
    struct slice types = slice_part(block, 9 * count, header->types * TYPE_BYTES);
    for (size_t i = 0; i < count; i++) {
        moments[i] = (int64_t)read_big(block.data + 8 * i, 8);
        if ((i > 0 && moments[i] <= moments[i - 1]) ||
            !read_offset(types, (unsigned char)indices.data[i], &offsets[i]))
            return false;
    }
    zone->count = count;
    zone->moments = moments;
    zone->offsets = offsets;
    return read_offset(types, 0, &zone->first);
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; nothing between the line ends when there is no rule. */
static bool read_footer(struct slice rest, struct rule *ret_rule)
{
    if (!take_byte(&rest, '\n'))
        return false;
    size_t end = slice_find_byte(rest, '\n');
    return end < rest.length && (end == 0 || parse_rule(slice_part(rest, 0, end), ret_rule));
}

static bool read_file(struct slice rest, struct region *region, struct zone *zone)
{
    struct header header;
    if (!take_header(&rest, &header) || header.version < '2' || rest.length < block_length(&header, 4))
        return false;
    rest = slice_from(rest, block_length(&header, 4)); /* the same for the programs of 1986 */
    if (!take_header(&rest, &header) || rest.length < block_length(&header, 8))
        return false;
    int64_t *moments = REGION_ARRAY(region, header.entries, int64_t);
    int64_t *offsets = REGION_ARRAY(region, header.entries, int64_t);
    return moments != NULL && offsets != NULL && read_entries(rest, &header, moments, offsets, zone) &&
           read_footer(slice_from(rest, block_length(&header, 8)), &zone->rule);
}

enum error_code zone_parse(struct slice content, struct region *region, struct error *error,
                           const struct zone **ret_zone)
{
    struct zone *zone = REGION_NEW(region, struct zone);
    bool good = zone != NULL && read_file(content, region, zone);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    if (!good)
        return FAIL(error, ERROR_INPUT, "zone-file", "this is no file of a time zone");
    *ret_zone = zone;
    return OK;
}

/* No dot, so that no name leads out of the folder. */
static bool name_is_good(struct slice name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c == '-' || c == '+' || (c == '/' && i > 0);
        if (!good)
            return false;
    }
    return name.length > 0 && name.length <= ZONE_NAME_MAXIMUM;
}

enum error_code zone_load(struct slice name, struct region *region, struct error *error,
                          const struct zone **ret_zone)
{
    struct slice content;
    if (name.length == 0) {
        *ret_zone = NULL;
        return OK;
    }
    if (!name_is_good(name))
        return FAIL(error, ERROR_NOT_FOUND, "zone-unknown", "this is no name of a time zone");
    const char *path = region_text(region, region_format(region, ZONE_FOLDER "%.*s", SLICE_ARG(name)));
    if (file_read(path, ZONE_FILE_MAXIMUM, region, NULL, &content) != OK)
        return FAIL(error, ERROR_NOT_FOUND, "zone-unknown", "the system does not know the time zone %.*s",
                    SLICE_ARG(name));
    return zone_parse(content, region, error, ret_zone);
}

static int64_t zone_offset(const struct zone *zone, int64_t seconds)
{
    size_t low = 0,
           high = zone->count; /* entries before low are not after the moment, from high on they are */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->moments[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->rule.there)
        return rule_offset(&zone->rule, seconds);
    return low == 0 ? zone->first : zone->offsets[low - 1];
}

struct date zone_date(const struct zone *zone, int64_t seconds)
{
    static const int64_t most = 250000000000; /* the year 9892: no offset leads out of what date_utc knows */
    if (zone == NULL)
        return date_local(seconds);
    seconds = seconds < 0 ? 0 : seconds > most ? most : seconds;
    return date_utc(seconds + zone_offset(zone, seconds));
}

static int compare_names(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* zone.tab: "NL\t+5222+00454\tEurope/Amsterdam"; the list with a name for each country, which people know. */
enum error_code zone_list(struct region *region, struct error *error, struct slice **ret_names,
                          size_t *ret_count)
{
    struct slice rest = S(""), line, part;
    size_t count = 0;
    struct slice *names = REGION_ARRAY(region, ZONES_MAXIMUM, struct slice);
    if (names == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    if (file_read(ZONE_FOLDER "zone.tab", ZONE_FILE_MAXIMUM, region, NULL, &rest) != OK)
        rest = S("");
    while (count < ZONES_MAXIMUM && slice_take(&rest, '\n', &line)) {
        struct slice fields = line;
        bool three = line.length > 0 && line.data[0] != '#' && slice_take(&fields, '\t', &part) &&
                     slice_take(&fields, '\t', &part) && slice_take(&fields, '\t', &part);
        if (three && name_is_good(part))
            names[count++] = part;
    }
    if (count > 0)
        qsort(names, count, sizeof *names, compare_names);
    *ret_names = names;
    *ret_count = count;
    return OK;
}
