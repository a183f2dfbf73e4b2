/* Addresses as people paste them: from a mail program, a list, or two columns of a table. */
#include "people/people.h"

enum { SHOWN_MAXIMUM = 80 };

static bool has_at_sign(struct slice part)
{
    return slice_find_byte(part, '@') < part.length;
}

/* Takes the next part of *rest. A comma ends one only behind an address: "Jansen, Sam <sam@example.org>". */
static bool next_part(struct slice *rest, struct slice *ret_part)
{
    while (rest->length > 0) {
        size_t end = 0;
        for (; end < rest->length; end++) {
            char c = rest->data[end];
            if (c == '\n' || c == '\r' || c == ';' || (c == ',' && has_at_sign(slice_part(*rest, 0, end))))
                break;
        }
        *ret_part = slice_trim(slice_part(*rest, 0, end));
        *rest = slice_from(*rest, end + 1);
        while (slice_starts_with(*ret_part, S(",")))
            *ret_part = slice_trim(slice_from(*ret_part, 1));
        if (ret_part->length > 0)
            return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "Name <address>". */
static bool split_brackets(struct slice part, struct slice *ret_name, struct slice *ret_address)
{
    size_t open = slice_find_byte(part, '<');
    if (open == part.length || !slice_ends_with(part, S(">")))
        return false;
    *ret_name = slice_trim(slice_part(part, 0, open));
    *ret_address = slice_part(part, open + 1, part.length - open - 2);
    return true;
}

/* A name before or behind one word with an at sign. */
static void split_words(struct slice part, struct slice *ret_name, struct slice *ret_address)
{
    size_t at = slice_find_byte(part, '@'), begin = at, end = at;
    while (begin > 0 && !is_blank(part.data[begin - 1]))
        begin--;
    while (end < part.length && !is_blank(part.data[end]))
        end++;
    struct slice before = slice_trim(slice_part(part, 0, begin)), behind = slice_trim(slice_from(part, end));
    bool unclear = (before.length > 0 && behind.length > 0) || has_at_sign(behind);
    *ret_name = before.length > 0 ? before : behind;
    *ret_address = unclear ? part : slice_part(part, begin, end - begin);
}

/* "Jansen, Sam" as mail programs write it becomes "Sam Jansen". */
static struct slice name_in_speaking_order(struct slice name, struct region *region)
{
    size_t comma = slice_find_byte(name, ',');
    struct slice last = slice_trim(slice_part(name, 0, comma)),
                 first = slice_trim(slice_from(name, comma + 1));
    if (comma == name.length || last.length == 0 || first.length == 0 ||
        slice_find_byte(first, ',') < first.length)
        return region_copy(region, name);
    return region_format(region, "%.*s %.*s", SLICE_ARG(first), SLICE_ARG(last));
}

static enum error_code parse_part(struct slice part, struct region *region, struct error *error,
                                  struct pasted_person *ret_person)
{
    struct slice name, address;
    if (!split_brackets(part, &name, &address))
        split_words(part, &name, &address);
    if (name.length >= 2 && name.data[0] == '"' && name.data[name.length - 1] == '"')
        name = slice_trim(slice_part(name, 1, name.length - 2));
    struct pasted_person person;
    TRY(address_check(address, region, error, &person.address));
    if (name.length > 0)
        TRY(name_check(name, PERSON_NAME_MAXIMUM, "person-name", error, &name));
    person.name = name_in_speaking_order(name, region);
    *ret_person = person;
    return OK;
}

enum error_code people_parse_paste(struct slice text, struct region *region, struct error *error,
                                   struct pasted_person **ret_people, size_t *ret_count)
{
    struct pasted_person *people = REGION_ARRAY(region, TEAM_MEMBERS_MAXIMUM, struct pasted_person);
    if (people == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    struct slice part;
    while (next_part(&text, &part)) {
        struct pasted_person person;
        TRY(parse_part(part, region, error, &person));
        bool known = false;
        for (size_t i = 0; i < count && !known; i++)
            known = slice_equal(people[i].address, person.address);
        if (known)
            continue;
        if (count == TEAM_MEMBERS_MAXIMUM)
            return FAIL(error, ERROR_LIMIT, "too-many-members", "a team has at most %d members",
                        TEAM_MEMBERS_MAXIMUM);
        people[count++] = person;
    }
    *ret_people = people;
    *ret_count = count;
    return OK;
}

struct slice people_paste_wrong(struct slice text, struct region *region)
{
    struct slice part;
    struct pasted_person ignored;
    while (next_part(&text, &part)) {
        if (parse_part(part, region, NULL, &ignored) == OK)
            continue;
        size_t length = part.length < SHOWN_MAXIMUM ? part.length : SHOWN_MAXIMUM;
        while (length > 0 && length < part.length && (part.data[length] & 0xC0) == 0x80)
            length--; /* never half a character */
        return region_copy(region, slice_part(part, 0, length));
    }
    return S("");
}
