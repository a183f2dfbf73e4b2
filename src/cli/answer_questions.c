#include "cli/answer_questions.h"

#include "promise/promise.h"
#include "pulse/client_api.h"
#include "pulse/instrument.h"

/* Yes, partly, no, not seen, in one language or the other. */
static bool has_promise_options(const json_t *options, struct region *region)
{
    for (size_t language = 0; language < LANGUAGE_COUNT; language++) {
        bool same = json_array_size(options) == PROMISE_ANSWERS;
        for (size_t i = 0; same && i < PROMISE_ANSWERS; i++)
            same = slice_equal(slice_from_text(json_string_value(json_array_get(options, i))),
                               promise_answer_text(region, (enum language)language, i));
        if (same)
            return true;
    }
    return false;
}

/* In the words of the questionnaire, one language or the other. */
static bool is_worded(const struct descriptor *descriptor, const struct instrument *instrument,
                      const json_t *question, const struct instrument_item *item, struct region *region)
{
    const json_t *options = json_object_get(question, "options");
    struct slice text = slice_from_text(json_string_value(json_object_get(question, "text")));
    if (item == NULL)
        return slice_equal(text, descriptor->promise) && has_promise_options(options, region);
    for (size_t language = 0; language < instrument->language_count; language++) {
        bool same = json_array_size(options) == instrument->option_count &&
                    slice_equal(text, instrument_fill(item->text.text[language], descriptor->leader, region));
        for (size_t i = 0; same && i < instrument->option_count; i++)
            same = slice_equal(slice_from_text(json_string_value(json_array_get(options, i))),
                               instrument->options[i].text[language]);
        if (same)
            return true;
    }
    return false;
}

/* What was asked is what the round fixed: the questions in their order, in the words of the questionnaire. Otherwise a server could give an answer to another question. */
enum error_code answer_questions_check(const struct descriptor *descriptor,
                                       const struct instrument *instrument, const json_t *questions,
                                       struct region *region, struct error *error)
{
    bool same = descriptor->item_count == json_array_size(questions);
    for (size_t i = 0; same && i < descriptor->item_count; i++) {
        const json_t *question = json_array_get(questions, i);
        const char *id = json_string_value(json_object_get(question, "q"));
        same = id != NULL && slice_equal(slice_from_text(id), descriptor->items[i]) &&
               is_worded(descriptor, instrument, question,
                         instrument_item_find(instrument, descriptor->items[i]), region);
    }
    return same ? OK
                : FAIL(error, ERROR_CRYPTO, "round-not-as-said",
                       "the questions are not those of the round, or not in its words; nothing was sent");
}
