/* The settings that protect answers: for everybody to read, for owners to make stricter. */
#include "people/page.h"
#include "people/people.h"
#include "pulse/comment_kept.h"
#include "pulse/pulse_handlers.h"
#include "pulse/settings.h"
#include "pulse/witness.h"
#include "templates.h"

static const char SETTINGS_FORM[] = "settings";

static enum error_code is_owner(struct http_request *request, struct error *error, bool *ret_owner)
{
    enum org_role role;
    TRY(people_org_role(request->session, request->identity.org, request->identity.person, error, &role));
    *ret_owner = role == ORG_ROLE_OWNER;
    return OK;
}

static enum error_code list_changes(struct http_request *request, struct error *error,
                                    struct template_settings *page)
{
    struct setting_change *changes;
    size_t count;
    enum language language = page_view(request, NULL).language;
    TRY(settings_changes(request->session, request->identity.org, request->region, error, &changes, &count));
    struct template_settings_changes *rows =
        REGION_ARRAY(request->region, count, struct template_settings_changes);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_settings_changes){
            .on = changes[i].changed_at,
            .by = page_name(request->region, language, changes[i].person_name),
            .before = changes[i].value_before,
            .after = changes[i].value,
            .k = !changes[i].comments && !changes[i].questionnaire && !changes[i].retired,
            .questionnaire = changes[i].questionnaire,
            .retired = changes[i].retired,
            .chosen = changes[i].chosen,
            .comments_on = changes[i].comments && changes[i].value == 1,
            .comments_off = changes[i].comments && changes[i].value == 0,
        };
    page->changes = rows;
    page->changes_count = count;
    return OK;
}

static enum error_code list_witnesses(struct http_request *request, struct error *error,
                                      struct template_settings *page)
{
    struct witness witnesses[WITNESSES_MAXIMUM];
    size_t count;
    enum language language = page_view(request, NULL).language;
    struct template_settings_witnesses *rows =
        REGION_ARRAY(request->region, WITNESSES_MAXIMUM, struct template_settings_witnesses);
    TRY(witness_list(request->session, request->identity.org, request->region, error, witnesses, &count));
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_settings_witnesses){
            .name = witnesses[i].name,
            .by = page_name(request->region, language, witnesses[i].added_by),
            .on = witnesses[i].added_at,
            .has_signed = witnesses[i].signed_at > 0,
            .last = witnesses[i].signed_at,
        };
    page->witnesses = rows;
    page->witnesses_count = count;
    return OK;
}

/* wrong: what was typed and why it was refused; MESSAGE_NONE: nothing was. */
static enum error_code show(struct http_request *request, struct http_response *response, struct slice typed,
                            enum message wrong, struct error *error)
{
    struct view view = page_view(request, SETTINGS_FORM);
    struct org org;
    bool owner;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(is_owner(request, error, &owner));
    struct template_settings filled = {
        .k = org.k,
        .most = SETTING_K_MAXIMUM,
        .raise = owner && org.k < SETTING_K_MAXIMUM,
        .owner = owner,
        .comments = org.comments,
        .answers = COMMENT_ANSWERS_MINIMUM,
        .days = COMMENT_KEPT_DAYS,
        .saved = slice_equal(http_query(request, "saved"), S("1")),
        .wrong = wrong,
        .typed = wrong != MESSAGE_NONE ? typed : region_format(request->region, "%" PRId64, org.k),
    };
    TRY(list_changes(request, error, &filled));
    TRY(list_witnesses(request, error, &filled));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_CONSENT_SETTINGS_WINDOW, NO_ARGUMENTS),
        .body = template_settings_html(request->region, &view, &filled),
        .place = PAGE_HOW,
    };
    return page_render(request, response, &page, error);
}

enum error_code settings_get(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    return show(request, response, (struct slice){0}, MESSAGE_NONE, error);
}

struct settings_write {
    const struct http_request *request;
    int64_t k;
    uint8_t once[16];
};

static enum error_code write_settings(struct store_session *session, void *context, struct error *error)
{
    const struct settings_write *write = context;
    const struct http_identity *identity = &write->request->identity;
    int64_t now = clock_seconds(write->request->clock);
    TRY(form_spend(session, identity->org, write->once, now, error));
    return settings_raise_k(session, identity->org, identity->person, write->k, now, error);
}

enum error_code settings_post(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    struct settings_write write = {.request = request};
    struct slice typed = slice_trim(http_form(request, "k"));
    struct error failure = {0};
    TRY(http_once_check(request, SETTINGS_FORM, error, write.once));
    if (!slice_to_integer(typed, 1, SETTING_K_MAXIMUM, &write.k)) {
        response->status = 422;
        return show(request, response, typed, MESSAGE_CONSENT_SETTINGS_RANGE, error);
    }
    enum error_code code = store_write(request->store, write_settings, &write, &failure);
    if (code != OK && strcmp(failure.reason, "setting-weaker") == 0) {
        response->status = 422;
        return show(request, response, typed, MESSAGE_CONSENT_SETTINGS_WEAKER, error);
    }
    if (code != OK && strcmp(failure.reason, "form-sent-twice") != 0) {
        *error = failure;
        return code;
    }
    http_redirect(request, response, S("/settings?saved=1"));
    return OK;
}

/* ---- Comments ----------------------------------------------------------------------------------- */

static enum error_code write_comments(struct store_session *session, void *context, struct error *error)
{
    const struct settings_write *write = context;
    const struct http_identity *identity = &write->request->identity;
    int64_t now = clock_seconds(write->request->clock);
    TRY(form_spend(session, identity->org, write->once, now, error));
    return settings_comments(session, identity->org, identity->person, write->k == 1, now, error);
}

enum error_code settings_comments_post(struct http_request *request, struct http_response *response,
                                       struct error *error)
{
    struct settings_write write = {.request = request};
    struct error failure = {0};
    TRY(http_once_check(request, SETTINGS_FORM, error, write.once));
    if (!slice_to_integer(http_form(request, "comments"), 0, 1, &write.k))
        return FAIL(error, ERROR_INPUT, "form-syntax", "comments are 1 or 0");
    enum error_code code = store_write(request->store, write_comments, &write, &failure);
    if (code != OK && strcmp(failure.reason, "form-sent-twice") != 0) {
        *error = failure;
        return code;
    }
    http_redirect(request, response, S("/settings?saved=1"));
    return OK;
}
