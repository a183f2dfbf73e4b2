/* Own questionnaires in a test: the example, brought and put to use. EXAMPLE is the path of instruments/example.txt. */
#ifndef HECHT_TESTS_PULSE_QUESTIONNAIRE_WORLD_H
#define HECHT_TESTS_PULSE_QUESTIONNAIRE_WORLD_H

#include "world.h"

#include "base/file.h"
#include "pulse/questionnaire.h"

static inline struct slice example_text(struct world *w)
{
    struct slice text;
    assert_ok(w, file_read(EXAMPLE, INSTRUMENT_SIZE_MAXIMUM, w->region, &w->error, &text));
    return text;
}

/* The text with every `from` replaced. */
static inline struct slice replaced(struct world *w, struct slice text, const char *from, const char *to)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct slice mark = slice_from_text(from);
    assert_true(slice_find(text, mark) < text.length);
    while (text.length > 0) {
        size_t at = slice_find(text, mark);
        buffer_append(&out, slice_part(text, 0, at));
        if (at == text.length)
            break;
        buffer_append_text(&out, to);
        text = slice_from(text, at + mark.length);
    }
    return region_copy(w->region, buffer_slice(&out));
}

static inline enum error_code add_in_write(struct store_session *session, void *context, struct error *error)
{
    return questionnaire_add(session, context, error);
}

/* The upload is static: it is large, and its findings are looked at afterwards. */
static struct questionnaire_upload upload;

static inline enum error_code bring(struct world *w, struct slice text)
{
    memset(&upload, 0, sizeof upload);
    upload.org = w->org;
    upload.person = world_person(w, "m1@noord.example");
    upload.now = clock_seconds(&w->clock);
    upload.text = text;
    upload.region = w->region;
    return store_write(w->store, add_in_write, &upload, &w->error);
}

static inline struct slice brought_hash(struct world *w)
{
    return region_copy(w->region, slice_from_bytes(upload.hash, sizeof upload.hash));
}

struct choice {
    struct world *w;
    int64_t person;
    struct slice hash;
    bool retire;
};

static inline enum error_code choose_in_write(struct store_session *session, void *context,
                                              struct error *error)
{
    const struct choice *choice = context;
    int64_t now = clock_seconds(&choice->w->clock);
    return choice->retire
               ? questionnaire_retire(session, choice->w->org, choice->person, choice->hash, now, error)
               : questionnaire_use(session, choice->w->org, choice->person, choice->hash, now, error);
}

static inline enum error_code choose(struct world *w, struct slice hash, bool retire)
{
    struct choice choice = {w, world_person(w, "m1@noord.example"), hash, retire};
    return store_write(w->store, choose_in_write, &choice, &w->error);
}

#endif
