/* What an import would change, in words: the same on the page and at the prompt. */
#include "people/people_import.h"

struct slice import_list_title(enum import_list_kind kind, size_t count, enum language language,
                               struct region *region)
{
    static const enum message titles[IMPORT_LIST_COUNT] = {
        [IMPORT_LEAVES] = MESSAGE_IMPORT_COUNT_LEAVES, [IMPORT_JOINS] = MESSAGE_IMPORT_COUNT_JOINS,
        [IMPORT_MOVES] = MESSAGE_IMPORT_COUNT_MOVES,   [IMPORT_LEADERS] = MESSAGE_IMPORT_COUNT_LEADERS,
        [IMPORT_TEAMS] = MESSAGE_IMPORT_COUNT_TEAMS,   [IMPORT_PLACED] = MESSAGE_IMPORT_COUNT_PLACED,
        [IMPORT_UNITS] = MESSAGE_IMPORT_COUNT_UNITS,   [IMPORT_TALK] = MESSAGE_IMPORT_COUNT_TALK,
    };
    return message_text(region, language, titles[kind], ARGUMENTS(A_INTEGER("n", (int64_t)count)));
}

static struct slice place(struct slice path, enum language language, struct region *region)
{
    return path.length > 0 ? path : message_text(region, language, MESSAGE_IMPORT_NO_UNIT, NO_ARGUMENTS);
}

static struct slice pair(struct slice one, struct slice other, enum language language, struct region *region)
{
    return other.length == 0 ? one
                             : message_text(region, language, MESSAGE_PEOPLE_PAIR,
                                            ARGUMENTS(A_TEXT("one", one), A_TEXT("other", other)));
}

static enum message leader_message(const struct import_line *line)
{
    if (line->to.length == 0)
        return line->from_other.length > 0 ? MESSAGE_IMPORT_LEADERS_END : MESSAGE_IMPORT_LEADER_ENDS;
    if (line->to_other.length > 0)
        return MESSAGE_IMPORT_LEADERS_BEGIN;
    if (line->from_other.length > 0)
        return MESSAGE_IMPORT_LEADER_ALONE;
    return line->from.length == 0 ? MESSAGE_IMPORT_LEADER_BEGINS : MESSAGE_IMPORT_LEADER_CHANGES;
}

static struct slice from_to(enum message message, struct slice from, struct slice to, enum language language,
                            struct region *region)
{
    return message_text(region, language, message, ARGUMENTS(A_TEXT("from", from), A_TEXT("to", to)));
}

void import_line_words(enum import_list_kind kind, const struct import_line *line, enum language language,
                       struct region *region, struct slice *ret_subject, struct slice *ret_change)
{
    bool person = kind == IMPORT_LEAVES || kind == IMPORT_JOINS || kind == IMPORT_MOVES;
    struct slice change = S("");
    if (kind == IMPORT_LEAVES || kind == IMPORT_JOINS)
        change = line->team;
    else if (kind == IMPORT_MOVES)
        change = from_to(MESSAGE_IMPORT_FROM_TO, line->from, line->to, language, region);
    else if (kind == IMPORT_PLACED)
        change = from_to(MESSAGE_IMPORT_FROM_TO, place(line->from, language, region),
                         place(line->to, language, region), language, region);
    else if (kind == IMPORT_LEADERS)
        change = from_to(leader_message(line), pair(line->from, line->from_other, language, region),
                         pair(line->to, line->to_other, language, region), language, region);
    else if (kind == IMPORT_TEAMS)
        change = place(line->to, language, region);
    else if (kind == IMPORT_TALK)
        change = message_text(region, language, MESSAGE_PEOPLE_COUNT_MEMBERS,
                              ARGUMENTS(A_INTEGER("n", line->members)));
    *ret_subject = person ? line->name : line->team;
    *ret_change =
        person ? region_format(region, "%.*s · %.*s", SLICE_ARG(line->address), SLICE_ARG(change)) : change;
}
