/* Comments over HTTP: tokens and comments of open rounds as JSON, and the page on which a team reads them later. The route
 * for tokens knows who asks and never sees a comment; the one for comments never learns who writes. */
#include "people/page.h"
#include "people/people.h"
#include "pulse/comment.h"
#include "pulse/comment_kept.h"
#include "pulse/pulse_handlers.h"
#include "templates.h"

static const char REMOVE_FORM[] = "comment-remove";

/* ---- JSON --------------------------------------------------------------------------------------- */

enum error_code comment_token_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    uint8_t rid[32];
    struct slice blinded, device_signature, blind_signature;
    TRY(rid_of_path(request, error, rid));
    TRY(token_from_json(request->body, request->region, error, &blinded, &device_signature));
    TRY(comment_issue(request->application, request->session, request->identity.org, request->identity.person,
                      rid, blinded, request->region, error, &blind_signature));
    response->content_type = "application/json";
    blind_signature_to_json(blind_signature, &response->body);
    return OK;
}

enum error_code comment_post(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    struct comment_submission submission;
    struct answer_receipt receipt;
    struct comment_write *write;
    if (request->body.length > COMMENT_JSON_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "answer-too-large", "a comment has at most %d bytes",
                    COMMENT_JSON_MAXIMUM);
    TRY(comment_from_json(request->body, request->region, error, &submission));
    TRY(comment_prepare(request->application, request->session, &submission, request->region, error, &write,
                        &receipt));
    response->content_type = "application/json";
    receipt_to_json(&receipt, &response->body);
    return http_respond_after_write(request, (struct http_write){comment_write, comment_write_end, write});
}

/* ---- GET /teams/:team/comments ------------------------------------------------------------------ */

/* Rounds of comments that stand in the order of their rounds, into rows of the template. */
static enum error_code fill_rounds(struct region *region, enum language language,
                                   const struct kept_comment *comments, size_t count, struct error *error,
                                   struct template_comments *page)
{
    struct template_comments_rounds *rounds = REGION_ARRAY(region, count, struct template_comments_rounds);
    struct template_comments_rounds_comments *texts =
        REGION_ARRAY(region, count, struct template_comments_rounds_comments);
    struct template_comments_rounds_removals *removals =
        REGION_ARRAY(region, count, struct template_comments_rounds_removals);
    size_t round_count = 0, text_count = 0, removal_count = 0;
    int64_t number = 0;
    if (rounds == NULL || texts == NULL || removals == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        const struct kept_comment *comment = &comments[i];
        if (comment->round_number != number) {
            number = comment->round_number;
            rounds[round_count++] = (struct template_comments_rounds){.closed = comment->round_closed,
                                                                      .comments = texts + text_count,
                                                                      .removals = removals + removal_count};
        }
        struct template_comments_rounds *round = &rounds[round_count - 1];
        if (comment->removed) {
            removals[removal_count++] = (struct template_comments_rounds_removals){
                page_name(region, language, comment->removed_by), comment->removed_at};
            round->removals_count++;
            continue;
        }
        char *id = REGION_ARRAY(region, 2 * COMMENT_ID_BYTES + 1, char);
        if (id == NULL)
            return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
        hex_encode(comment->id, sizeof comment->id, id);
        texts[text_count++] = (struct template_comments_rounds_comments){slice_from_text(id), comment->text};
        round->comments_count++;
    }
    page->rounds = rounds;
    page->rounds_count = round_count;
    page->any = round_count > 0;
    return OK;
}

enum error_code comments_get(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    int64_t org = request->identity.org, team_id;
    struct view view = page_view(request, REMOVE_FORM);
    struct team team;
    struct kept_comment *comments;
    size_t count;
    TRY(http_path_id(request, "team", error, &team_id));
    TRY(team_load(request->session, org, team_id, request->region, error, &team));
    TRY(comments_list(request->session, org, team_id, request->identity.person, request->region, error,
                      &comments, &count));
    struct template_comments filled = {
        .team = team_id,
        .name = team.name,
        .taken = slice_equal(http_query(request, "taken"), S("1")),
        .days = COMMENT_KEPT_DAYS,
    };
    TRY(fill_rounds(request->region, page_view(request, NULL).language, comments, count, error, &filled));
    struct page page = {
        .title = message_text(request->region, view.language, MESSAGE_PULSE_COMMENTS_TITLE, NO_ARGUMENTS),
        .body = template_comments_html(request->region, &view, &filled),
        .place = PAGE_TEAM,
    };
    return page_render(request, response, &page, error);
}

/* ---- POST /teams/:team/comments/remove ---------------------------------------------------------- */

struct removal {
    const struct http_request *request;
    int64_t team;
    uint8_t id[COMMENT_ID_BYTES], once[16];
};

static enum error_code write_removal(struct store_session *session, void *context, struct error *error)
{
    const struct removal *removal = context;
    const struct http_identity *identity = &removal->request->identity;
    int64_t now = clock_seconds(removal->request->clock);
    TRY(form_spend(session, identity->org, removal->once, now, error));
    return comment_remove(session, identity->org, removal->team, identity->person, removal->id, now, error);
}

enum error_code comment_remove_post(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    struct removal removal = {.request = request};
    struct error failure = {0};
    TRY(http_path_id(request, "team", error, &removal.team));
    TRY(http_once_check(request, REMOVE_FORM, error, removal.once));
    if (!hex_decode(http_form(request, "comment"), removal.id, sizeof removal.id))
        return FAIL(error, ERROR_NOT_FOUND, "comment-unknown", "there is no such comment");
    enum error_code code = store_write(request->store, write_removal, &removal, &failure);
    if (code != OK && strcmp(failure.reason, "form-sent-twice") != 0) {
        *error = failure;
        return code;
    }
    http_redirect(request, response,
                  region_format(request->region, "/teams/%" PRId64 "/comments?taken=1", removal.team));
    return OK;
}
