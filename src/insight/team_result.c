#include "insight/team_result.h"

#include "insight/team_page.h"

struct kept_result {
    enum insight_state state;
    struct slice finding, html; /* in text */
    char text[];
};

struct cache *team_results_new(void)
{
    return cache_new(TEAM_RESULTS_REMEMBERED, TEAM_RESULTS_BYTES, free);
}

static struct slice key_of(const struct making *making)
{
    const struct visit *visit = making->visit;
    const struct insight_team *insight = &visit->insight;
    return region_format(making->words.region,
                         "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d%d%d%d %d %.*s",
                         visit->org.id, visit->team.id, insight->round.number, insight->round.closed_at,
                         insight->leader, visit->ended, insight->guess_shown, making->own, visit->outside,
                         (int)making->words.language, SLICE_ARG(visit->leader));
}

static struct kept_result *copy_of(enum insight_state state, struct slice finding, struct slice html)
{
    struct kept_result *copy = malloc(sizeof *copy + finding.length + html.length);
    if (copy == NULL)
        return NULL;
    if (finding.length > 0)
        memcpy(copy->text, finding.data, finding.length);
    if (html.length > 0)
        memcpy(copy->text + finding.length, html.data, html.length);
    copy->state = state;
    copy->finding = slice_from_bytes(copy->text, finding.length);
    copy->html = slice_from_bytes(copy->text + finding.length, html.length);
    return copy;
}

/* After a round with too few answers, what was published before stays: showing it again tells nothing new. */
static enum error_code make_result(struct making *making, struct http_request *request,
                                   const struct view *view, struct error *error)
{
    struct template_insight_result result = {.team = making->visit->team.id};
    bool has_result = making->visit->insight.state == INSIGHT_RESULT;
    result.has_earlier = !has_result && has_earlier_figures(making);
    if (!has_result && !result.has_earlier)
        return OK;
    making->guesses = visit_sees_guesses(making->visit);
    making->result = &result;
    fill_lines(making);
    if (has_result) {
        making->page->finding = finding_text(making);
        fill_guesses(making);
        fill_others(making);
        TRY(fill_facets(making, request->session, error));
    }
    making->page->result = template_insight_result_html(request->region, view, &result);
    making->has_form = result.may_show;
    making->result = NULL;
    return OK;
}

/* What was read while a round closed belongs to neither key. */
static enum error_code keep_result(const struct making *making, struct cache *cache, struct slice key,
                                   uint64_t state, struct cache_entry **ret_kept)
{
    struct slice finding = making->page->finding, html = making->page->result.bytes;
    if (cache == NULL || making->has_form || region_failed(making->words.region) ||
        !slice_equal(key, key_of(making)))
        return OK;
    struct kept_result *copy = copy_of(making->visit->insight.state, finding, html);
    if (copy != NULL)
        *ret_kept = cache_add(cache, key, state, copy, sizeof *copy + finding.length + html.length);
    return OK;
}

enum error_code fill_result(struct making *making, struct http_request *request, const struct view *view,
                            struct error *error, struct cache_entry **ret_kept)
{
    struct visit *visit = making->visit;
    struct cache *cache = request->application->team_results;
    struct slice key = key_of(making);
    uint64_t state = 0;
    struct cache_entry *kept = cache == NULL ? NULL : cache_find(cache, key, &state);
    if (kept != NULL) {
        const struct kept_result *found = kept->value;
        visit->insight.state = found->state;
        making->page->finding = found->finding;
        making->page->result.bytes = found->html;
        *ret_kept = kept;
        return OK;
    }
    TRY(insight_team_load(request->session, visit->org.id, visit->team.id, request->region, error,
                          &visit->insight));
    TRY(make_result(making, request, view, error));
    return keep_result(making, cache, key, state, ret_kept);
}
