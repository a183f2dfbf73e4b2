/* The file for the works council: what is kept, who sees it, what is done against which risk, from the settings as they
 * are. Everybody who is signed in may read it. */
#include "people/page.h"
#include "pulse/comment_kept.h"
#include "pulse/inventory.h"
#include "pulse/pulse_handlers.h"
#include "pulse/questionnaire.h"
#include "templates.h"

STATEMENT(CONSENT_PEOPLE, "SELECT count(*) FROM person WHERE org_id = $1");

static enum error_code list_kept(struct http_request *request, enum language language, struct error *error,
                                 struct template_consent *page)
{
    struct template_consent_kept *kept =
        REGION_ARRAY(request->region, INVENTORY_COUNT, struct template_consent_kept);
    if (kept == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < INVENTORY_COUNT; i++)
        kept[i] = (struct template_consent_kept){
            .what = message_text(request->region, language, INVENTORY[i].what, NO_ARGUMENTS),
            .how_long = message_text(request->region, language, INVENTORY[i].how_long, NO_ARGUMENTS)};
    page->kept = kept;
    page->kept_count = INVENTORY_COUNT;
    return OK;
}

enum error_code consent_get(struct http_request *request, struct http_response *response, struct error *error)
{
    const struct instrument *instrument;
    struct view view = page_view(request, NULL);
    struct store_value id = V_INTEGER(request->identity.org);
    struct org org;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(questionnaire_of_next(request->session, org.id, request->region, error, &instrument));
    struct template_consent filled = {
        .made = clock_seconds(request->clock),
        .organisation = org.name,
        .k = org.k,
        .rhythm = org.rhythm_days,
        .open = org.round_days,
        .extension = org.extension_days,
        .items = (int64_t)instrument->item_count,
        .comments = org.comments,
        .comment_answers = COMMENT_ANSWERS_MINIMUM,
    };
    for (size_t i = 0; i < instrument->item_count; i++)
        filled.anchors += instrument->items[i].anchor > 0;
    TRY(store_one_integer(request->session, &CONSENT_PEOPLE, PARAMETERS(id), error, NULL, &filled.people));
    TRY(team_count(request->session, org.id, error, &filled.teams));
    TRY(list_kept(request, view.language, error, &filled));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_CONSENT_WINDOW, NO_ARGUMENTS),
        .body = template_consent_html(request->region, &view, &filled),
        .place = PAGE_HOW,
    };
    return page_render(request, response, &page, error);
}
