#include "view/view.h"

enum { ACCEPT_LANGUAGE_ENTRIES_MAXIMUM = 32 };

static const char *const codes[LANGUAGE_COUNT] = {[LANGUAGE_EN] = "en", [LANGUAGE_NL] = "nl"};

const char *language_code(enum language language)
{
    return (unsigned)language < LANGUAGE_COUNT ? codes[language] : codes[LANGUAGE_EN];
}

/* The language itself or the language before a region: "nl", "nl-BE", also "NL". */
bool language_from_code(struct slice code, enum language *ret_language)
{
    struct slice base = slice_part(code, 0, slice_find_byte(code, '-'));
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        if (slice_equal_ignore_case(base, slice_from_text(codes[i]))) {
            *ret_language = (enum language)i;
            return true;
        }
    return false;
}

/* RFC 9110 12.4.2: 0 to 1 with at most three decimals, here in thousandths. */
static bool parse_quality(struct slice s, int *ret_quality)
{
    int64_t whole;
    int64_t thousandths = 0;
    size_t point = slice_find_byte(s, '.');
    struct slice decimals = slice_from(s, point + 1);
    if (!slice_to_integer(slice_part(s, 0, point), 0, 1, &whole) || decimals.length > 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        char c = i < decimals.length ? decimals.data[i] : '0';
        if (c < '0' || c > '9')
            return false;
        thousandths = thousandths * 10 + (c - '0');
    }
    if (whole * 1000 + thousandths > 1000)
        return false;
    *ret_quality = (int)(whole * 1000 + thousandths);
    return true;
}

/* "nl-BE;q=0.8"; false when it is not well-formed. */
static bool parse_entry(struct slice entry, struct slice *ret_code, int *ret_quality)
{
    size_t semicolon = slice_find_byte(entry, ';');
    struct slice parameter = slice_trim(slice_from(entry, semicolon + 1));
    *ret_code = slice_trim(slice_part(entry, 0, semicolon));
    *ret_quality = 1000;
    if (semicolon >= entry.length)
        return true;
    if (!slice_starts_with(parameter, S("q=")) && !slice_starts_with(parameter, S("Q=")))
        return false;
    return parse_quality(slice_from(parameter, 2), ret_quality);
}

/* The wanted language we have; the first of equals. "*" says nothing we could follow. */
static bool choose_accepted(struct slice header, enum language *ret_language)
{
    int best = 0;
    struct slice entry;
    for (int i = 0; i < ACCEPT_LANGUAGE_ENTRIES_MAXIMUM && header.data != NULL; i++) {
        struct slice code;
        int quality;
        enum language language;
        if (!slice_take(&header, ',', &entry))
            break;
        if (parse_entry(entry, &code, &quality) && quality > best && language_from_code(code, &language)) {
            best = quality;
            *ret_language = language;
        }
    }
    return best > 0;
}

enum language language_choose(struct slice person, struct slice link, struct slice accept_language,
                              struct slice organisation)
{
    enum language language = LANGUAGE_EN;
    if (language_from_code(person, &language) || language_from_code(link, &language) ||
        choose_accepted(accept_language, &language) || language_from_code(organisation, &language))
        return language;
    return LANGUAGE_EN;
}
