/* The questions of a round: the leader's guesses beside the answers, what else was asked, parts that stand
 * out. */
#include "insight/team_page.h"
#include "view/picture.h"

#include <math.h>

/* From here on a guess lies far enough from the answer to be worth a sentence. */
#define GAP_WORTH_SAYING 0.5

/* ---- Guess first -------------------------------------------------------------------------------- */

static struct slice guess_words(const struct making *making, const struct insight_item *item,
                                enum message own, enum message team)
{
    const struct words words = making->words;
    const struct instrument_item *question = item->item;
    struct slice text =
        instrument_fill(question->text.text[words.language], making->visit->leader, words.region);
    return message_text(words.region, words.language, making->own ? own : team,
                        ARGUMENTS(A_TEXT("name", making->visit->leader), A_INTEGER("guess", item->guess),
                                  A_TEXT("item", text), A_TEXT("mean", words_number(words, item->mean)),
                                  A_TEXT("reason", words_reason(words, item->reason))));
}

static struct html guess_picture(const struct making *making, const struct insight_item *item,
                                 struct slice title)
{
    double none = (double)NAN;
    struct picture_strip strip = {
        .id = region_text(making->words.region,
                          region_format(making->words.region, "guess-%.*s", SLICE_ARG(item->item->id))),
        .title = title,
        .description =
            say(making, item->shown ? MESSAGE_INSIGHT_PICTURE_GUESS : MESSAGE_INSIGHT_PICTURE_DASHED),
        .low = SCALE_LOW,
        .high = SCALE_HIGH,
        .value = item->mean,
        .line50_low = none,
        .line50_high = none,
        .line90_low = none,
        .line90_high = none,
        .guess = item->guess,
        .hidden = !item->shown,
    };
    return picture_strip(making->words.region, making->words.language, &strip);
}

void fill_guesses(struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    struct template_insight_result *page = making->result;
    const struct insight_item *widest = making->guesses ? visit_widest_gap(making->visit) : NULL;
    if (widest == NULL)
        return;
    struct template_insight_result_guesses *rows =
        REGION_ARRAY(making->words.region, insight->item_count, struct template_insight_result_guesses);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < insight->item_count; i++) {
        const struct insight_item *item = &insight->items[i];
        if (item->guess == 0)
            continue;
        struct template_insight_result_guesses *row = &rows[count++];
        row->text = instrument_fill(item->item->text.text[making->words.language], making->visit->leader,
                                    making->words.region);
        row->words = item->shown ? guess_words(making, item, MESSAGE_INSIGHT_MIRROR_WORDS_OWN,
                                               MESSAGE_INSIGHT_MIRROR_WORDS_TEAM)
                                 : guess_words(making, item, MESSAGE_INSIGHT_MIRROR_HIDDEN_OWN,
                                               MESSAGE_INSIGHT_MIRROR_HIDDEN_TEAM);
        row->picture = guess_picture(making, item, row->words);
    }
    page->guesses = rows;
    page->guesses_count = count;
    page->gap_title = making->own
                          ? say(making, MESSAGE_INSIGHT_MIRROR_TITLE_OWN)
                          : say_name(making, MESSAGE_INSIGHT_MIRROR_TITLE_TEAM, making->visit->leader);
    bool near = fabs(widest->mean - widest->guess) < GAP_WORTH_SAYING;
    page->gap =
        guess_words(making, widest, near ? MESSAGE_INSIGHT_MIRROR_NEAR_OWN : MESSAGE_INSIGHT_MIRROR_GAP_OWN,
                    near ? MESSAGE_INSIGHT_MIRROR_NEAR_TEAM : MESSAGE_INSIGHT_MIRROR_GAP_TEAM);
    if (making->own)
        page->question = visit_question(making->visit, making->words.language, making->words.region);
    page->may_show = making->own && !insight->guess_shown;
    page->was_shown = making->own && insight->guess_shown;
}

/* ---- What else was asked ------------------------------------------------------------------------ */

void fill_others(struct making *making)
{
    const struct insight_team *insight = &making->visit->insight;
    const struct instrument *instrument = insight->instrument;
    const struct words words = making->words;
    struct template_insight_result_others *rows =
        REGION_ARRAY(words.region, insight->item_count, struct template_insight_result_others);
    bool exact = disclosure_exact_count(insight->roster_count, insight->round.imported);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < insight->item_count; i++) {
        const struct insight_item *item = &insight->items[i];
        const struct instrument_construct *construct = &instrument->constructs[item->item->construct];
        if (construct->line || (making->visit->ended && item->item->about_leader))
            continue;
        struct template_insight_result_others *row = &rows[count++];
        row->name = words_line(words, construct->id, making->visit->leader);
        row->text = item->item->text.text[words.language];
        if (item->shown) {
            row->mean = words_number(words, item->mean);
            row->answers = words_answers(words, item->n, exact);
        } else {
            row->reason = words_reason(words, item->reason);
        }
    }
    making->result->others = rows;
    making->result->others_count = count;
}

enum error_code fill_facets(struct making *making, struct store_session *session, struct error *error)
{
    const struct visit *visit = making->visit;
    const struct words words = making->words;
    struct insight_facet *facets;
    size_t count, compared;
    TRY(insight_facets_load(session, visit->org.id, visit->team.id, visit->insight.round.number,
                            visit->insight.leader != 0 && !visit->ended, words.region, error, &facets, &count,
                            &compared));
    if (compared == 0)
        return OK;
    making->result->facets =
        say(making, count == 0 ? MESSAGE_INSIGHT_FACETS_NONE : MESSAGE_INSIGHT_FACETS_SOME);
    struct template_insight_result_facet_rows *rows =
        REGION_ARRAY(words.region, count, struct template_insight_result_facet_rows);
    for (size_t i = 0; rows != NULL && i < count; i++) {
        const struct instrument_construct *construct =
            &visit->insight.instrument->constructs[facets[i].facet->construct];
        struct slice line = words_small(words, words_line(words, construct->id, visit->leader));
        rows[i].name = words_capital(words, facets[i].facet->name.text[words.language]);
        rows[i].mean = words_number(words, facets[i].mean);
        rows[i].words = message_text(
            words.region, words.language,
            facets[i].mean > facets[i].rest ? MESSAGE_INSIGHT_FACETS_HIGH : MESSAGE_INSIGHT_FACETS_LOW,
            ARGUMENTS(A_TEXT("line", line), A_TEXT("rest", words_number(words, facets[i].rest))));
    }
    making->result->facet_rows = rows;
    making->result->facet_rows_count = rows != NULL ? count : 0;
    return OK;
}
