/* Writing and reading a descriptor. The writer alone knows the canonical form; the reader takes a text apart,
 * writes what it found and accepts only when the bytes are the same. */
#include "privacy/disclosure.h"
#include "privacy/protocol.h"

#include "privacy/lines.h"
#include "privacy/seal.h"

enum {
    COUNT_MAXIMUM = 1000000, /* members, versions, k */
    INSTRUMENT_NAME_MAXIMUM = 64,
    SPKI_MAXIMUM = 1024,
};

static const int64_t time_maximum = 253402300799; /* 9999-12-31T23:59:59Z */

static bool is_text(struct slice s, size_t maximum)
{
    return s.length > 0 && s.length <= maximum && slice_is_clean_text(s, "");
}

static bool is_text_or_nothing(struct slice s, size_t maximum)
{
    return s.length == 0 || is_text(s, maximum);
}

static bool is_between(int64_t value, int64_t lowest, int64_t highest)
{
    return value >= lowest && value <= highest;
}

/* ---- Checks -------------------------------------------------------------------------------------------- */

static enum error_code wrong(struct error *error, const char *field)
{
    return FAIL(error, ERROR_INPUT, "descriptor", "the round's descriptor has a wrong %s", field);
}

static enum error_code check_items(const struct descriptor *d, struct error *error)
{
    if (d->item_count == 0 || d->item_count > PROTOCOL_ITEMS_MAXIMUM)
        return wrong(error, "number of items");
    for (size_t i = 0; i < d->item_count; i++) {
        if (!protocol_is_identifier(d->items[i], PROTOCOL_ITEM_ID_MAXIMUM))
            return wrong(error, "item");
        for (size_t j = 0; j < i; j++)
            if (slice_equal(d->items[i], d->items[j]))
                return wrong(error, "item (twice)");
    }
    bool asks_first = slice_equal(d->items[0], S("promise"));
    bool asks = asks_first;
    for (size_t i = 1; i < d->item_count; i++)
        asks = asks || slice_equal(d->items[i], S("promise"));
    if (asks != asks_first || asks != (d->promise.length > 0))
        return wrong(error, "promise: its item is the first, exactly when there is one");
    return OK;
}

static enum error_code check_times(const struct descriptor *d, struct error *error)
{
    if (!is_between(d->opens, 0, time_maximum) || !is_between(d->closes, 0, time_maximum) ||
        !is_between(d->extended, 0, time_maximum))
        return wrong(error, "time");
    if (d->opens >= d->closes || d->closes > d->extended)
        return wrong(error, "order of opens, closes, extended");
    return OK;
}

static enum error_code check(const struct descriptor *d, struct error *error)
{
    if (!is_between(d->org, 1, INT64_MAX) || !is_between(d->team, 1, INT64_MAX))
        return wrong(error, "id");
    if (!is_text(d->organisation, PROTOCOL_NAME_MAXIMUM) || !is_text(d->team_name, PROTOCOL_NAME_MAXIMUM) ||
        !is_text_or_nothing(d->leader, PROTOCOL_NAME_MAXIMUM))
        return wrong(error, "name");
    if (!is_between(d->round_number, 1, COUNT_MAXIMUM))
        return wrong(error, "round number");
    if (!slice_equal(d->form, S("pulse")) && !slice_equal(d->form, S("full")))
        return wrong(error, "form");
    if (!protocol_is_identifier(d->instrument, INSTRUMENT_NAME_MAXIMUM) ||
        !is_between(d->instrument_version, 1, COUNT_MAXIMUM))
        return wrong(error, "instrument");
    if (!is_text_or_nothing(d->promise, PROTOCOL_PROMISE_MAXIMUM))
        return wrong(error, "promise");
    if (!is_between(d->k, DISCLOSURE_K_MINIMUM, COUNT_MAXIMUM))
        return wrong(error, "k");
    if (!is_between(d->roster_count, 0, COUNT_MAXIMUM))
        return wrong(error, "roster");
    if (!is_text(d->purpose, PROTOCOL_PURPOSE_MAXIMUM))
        return wrong(error, "purpose");
    if (d->spki.length == 0 || d->spki.length > SPKI_MAXIMUM)
        return wrong(error, "key");
    if (d->comment_spki.length > SPKI_MAXIMUM || slice_equal(d->comment_spki, d->spki))
        return wrong(error, "key of comments");
    TRY(check_times(d, error));
    return check_items(d, error);
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

static void line_time(struct buffer *out, const char *name, int64_t seconds)
{
    char text[DATE_UTC_LENGTH];
    date_format_utc(seconds, text);
    lines_text(out, name, slice_from_text(text));
}

/* "name first HEX" */
static void line_hash(struct buffer *out, int64_t number, const void *hash)
{
    buffer_append_byte(out, ' ');
    buffer_append_integer(out, number);
    buffer_append_byte(out, ' ');
    hex_append(out, hash, sizeof(struct merkle_hash));
    buffer_append_byte(out, '\n');
}

static void write_lines(struct buffer *out, const struct descriptor *d)
{
    buffer_append_text(out, "hecht-round-v1\n");
    lines_integer(out, "org", d->org);
    lines_text(out, "organisation", d->organisation);
    lines_integer(out, "team", d->team);
    lines_text(out, "team-name", d->team_name);
    if (d->leader.length > 0)
        lines_text(out, "leader", d->leader);
    lines_integer(out, "round", d->round_number);
    lines_text(out, "form", d->form);
    line_time(out, "opens", d->opens);
    line_time(out, "closes", d->closes);
    line_time(out, "extended", d->extended);
    buffer_append_text(out, "instrument ");
    buffer_append(out, d->instrument);
    line_hash(out, d->instrument_version, d->instrument_hash);
    buffer_append_text(out, "items");
    for (size_t i = 0; i < d->item_count; i++) {
        buffer_append_byte(out, ' ');
        buffer_append(out, d->items[i]);
    }
    buffer_append_byte(out, '\n');
    if (d->promise.length > 0)
        lines_text(out, "promise", d->promise);
    lines_integer(out, "k", d->k);
    buffer_append_text(out, "roster");
    line_hash(out, d->roster_count, d->roster_root.bytes);
    lines_text(out, "purpose", d->purpose);
    buffer_append_text(out, "key ");
    base64url_append(out, d->spki.data, d->spki.length);
    buffer_append_byte(out, '\n');
    if (d->comment_spki.length == 0)
        return;
    buffer_append_text(out, "comment-key ");
    base64url_append(out, d->comment_spki.data, d->comment_spki.length);
    buffer_append_byte(out, '\n');
}

enum error_code descriptor_write(const struct descriptor *descriptor, struct region *region,
                                 struct error *error, struct slice *ret_bytes)
{
    TRY(check(descriptor, error));
    CLEANUP(buffer_free) struct buffer out = BUFFER(PROTOCOL_DESCRIPTOR_MAXIMUM);
    write_lines(&out, descriptor);
    return lines_finish(&out, region, error, ret_bytes);
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

static bool take_time(struct slice *rest, struct slice name, int64_t *ret_seconds)
{
    struct slice value;
    return lines_take(rest, name, &value) && date_parse_utc(value, ret_seconds);
}

/* "NUMBER HEX" */
static bool split_hash(struct slice value, int64_t *ret_number, void *ret_hash)
{
    struct slice number;
    return slice_take(&value, ' ', &number) && slice_to_integer(number, 0, INT64_MAX, ret_number) &&
           hex_decode(value, ret_hash, sizeof(struct merkle_hash));
}

static bool take_instrument(struct slice *rest, struct descriptor *d)
{
    struct slice value;
    return lines_take(rest, S("instrument"), &value) && slice_take(&value, ' ', &d->instrument) &&
           split_hash(value, &d->instrument_version, d->instrument_hash);
}

static bool take_items(struct slice *rest, struct descriptor *d)
{
    struct slice value;
    if (!lines_take(rest, S("items"), &value))
        return false;
    for (struct slice item; slice_take(&value, ' ', &item);) {
        if (d->item_count == PROTOCOL_ITEMS_MAXIMUM)
            return false;
        d->items[d->item_count++] = item;
    }
    return true;
}

static bool take_roster(struct slice *rest, struct descriptor *d)
{
    struct slice value;
    return lines_take(rest, S("roster"), &value) && split_hash(value, &d->roster_count, d->roster_root.bytes);
}

static bool take_key(struct slice *rest, struct slice name, struct region *region, struct slice *ret_spki)
{
    struct slice value;
    size_t length = 0;
    uint8_t *bytes = region_allocate(region, SPKI_MAXIMUM);
    if (bytes == NULL || !lines_take(rest, name, &value) ||
        !base64url_decode(value, bytes, SPKI_MAXIMUM, &length))
        return false;
    *ret_spki = slice_from_bytes(bytes, length);
    return true;
}

static bool take_lines(struct slice rest, struct region *region, struct descriptor *d)
{
    struct slice format = S("hecht-round-v1\n");
    if (!slice_starts_with(rest, format))
        return false;
    rest = slice_from(rest, format.length);
    if (!lines_take_integer(&rest, S("org"), &d->org) ||
        !lines_take(&rest, S("organisation"), &d->organisation) ||
        !lines_take_integer(&rest, S("team"), &d->team) || !lines_take(&rest, S("team-name"), &d->team_name))
        return false;
    lines_take(&rest, S("leader"), &d->leader);
    if (!lines_take_integer(&rest, S("round"), &d->round_number) || !lines_take(&rest, S("form"), &d->form) ||
        !take_time(&rest, S("opens"), &d->opens) || !take_time(&rest, S("closes"), &d->closes) ||
        !take_time(&rest, S("extended"), &d->extended) || !take_instrument(&rest, d) || !take_items(&rest, d))
        return false;
    lines_take(&rest, S("promise"), &d->promise);
    return lines_take_integer(&rest, S("k"), &d->k) && take_roster(&rest, d) &&
           lines_take(&rest, S("purpose"), &d->purpose) && take_key(&rest, S("key"), region, &d->spki) &&
           (rest.length == 0 || take_key(&rest, S("comment-key"), region, &d->comment_spki)) &&
           rest.length == 0;
}

enum error_code descriptor_read(struct slice bytes, struct region *region, struct error *error,
                                struct descriptor *ret_descriptor)
{
    struct descriptor found = {0};
    struct slice canonical;
    if (bytes.length > PROTOCOL_DESCRIPTOR_MAXIMUM || !take_lines(bytes, region, &found)) {
        if (region_failed(region))
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for a descriptor");
        return FAIL(error, ERROR_INPUT, "descriptor", "not a descriptor of a round");
    }
    TRY(descriptor_write(&found, region, error, &canonical));
    if (!slice_equal(bytes, canonical))
        return FAIL(error, ERROR_INPUT, "descriptor", "a descriptor in another than its canonical form");
    *ret_descriptor = found;
    return OK;
}

void descriptor_rid(struct slice bytes, uint8_t ret_rid[static 32])
{
    sha256(bytes, ret_rid);
}
