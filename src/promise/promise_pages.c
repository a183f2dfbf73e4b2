#include "promise/promise_pages.h"

#include "people/page.h"
#include "templates.h"

enum { PROMISE_SUGGESTED_DAYS = 14 };

/* ---- The form ----------------------------------------------------------------------------------- */

static struct slice day_text(struct http_request *request, int days)
{
    char day[DATE_DAY_LENGTH];
    date_format_day(clock_seconds(request->clock) + (int64_t)days * DAY_SECONDS, day);
    return region_copy(request->region, slice_from_text(day));
}

struct html promise_form_html(struct http_request *request, const struct view *view,
                              const struct promise_form *form)
{
    struct template_promise_form filled = {
        .team = form->team,
        .text = form->text,
        .due = form->due.length > 0 ? form->due : day_text(request, PROMISE_SUGGESTED_DAYS),
        .earliest = day_text(request, 0),
        .latest = day_text(request, PROMISE_DUE_DAYS_MAXIMUM - 1),
        .text_error = form->text_error,
        .due_error = form->due_error,
    };
    return template_promise_form_html(request->region, view, &filled);
}

struct slice promise_maker(struct region *region, enum language language, const struct promise *promise)
{
    struct slice name = page_name(region, language, promise->person_name);
    return promise->by_deputy
               ? message_text(region, language, MESSAGE_DEPUTY_BY, ARGUMENTS(A_TEXT("name", name)))
               : name;
}

enum message promise_outcome_message(const struct promise *promise)
{
    switch (promise->outcome) {
    case PROMISE_OPEN:
        return promise->asked_in_round > 0 ? MESSAGE_PROMISE_OUTCOME_ASKED : MESSAGE_PROMISE_OUTCOME_OPEN;
    case PROMISE_MOSTLY_YES:
        return MESSAGE_PROMISE_OUTCOME_YES;
    case PROMISE_MOSTLY_PARTLY:
        return MESSAGE_PROMISE_OUTCOME_PARTLY;
    case PROMISE_MOSTLY_NO:
        return MESSAGE_PROMISE_OUTCOME_NO;
    case PROMISE_MOSTLY_NOT_SEEN:
        return MESSAGE_PROMISE_OUTCOME_NOT_SEEN;
    case PROMISE_DIVIDED:
        return MESSAGE_PROMISE_OUTCOME_DIVIDED;
    case PROMISE_TOO_FEW:
        return MESSAGE_PROMISE_OUTCOME_TOO_FEW;
    }
    return MESSAGE_PROMISE_OUTCOME_TOO_FEW;
}

/* ---- POST /teams/:team/promise ------------------------------------------------------------------ */

struct posted {
    struct application *application;
    int64_t org, team, person, due;
    uint8_t once[16];
    struct slice text;
};

static enum error_code write_promise(struct store_session *session, void *context, struct error *error)
{
    struct posted *posted = context;
    int64_t round, promise, now = clock_seconds(posted->application->clock);
    enum team_role role;
    bool found;
    TRY(form_spend(session, posted->org, posted->once, now, error));
    TRY(promise_round(session, posted->org, posted->team, error, &found, &round));
    if (!found)
        return FAIL(error, ERROR_NOT_FOUND, "promise-no-round", "no round of this team has closed yet");
    TRY(people_team_role(session, posted->org, posted->team, posted->person, error, &role));
    return promise_make(session, posted->application, posted->org, posted->team, round, posted->person,
                        role != TEAM_ROLE_LEADER, posted->text, posted->due, error, &promise);
}

/* One line: what a person broke over lines in the form is still one sentence. */
static struct slice one_line(struct region *region, struct slice text)
{
    char *line = REGION_ARRAY(region, text.length + 1, char);
    size_t length = 0;
    for (size_t i = 0; line != NULL && i < text.length; i++) {
        bool blank =
            text.data[i] == ' ' || text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == '\t';
        if (!blank)
            line[length++] = text.data[i];
        else if (length > 0 && line[length - 1] != ' ')
            line[length++] = ' ';
    }
    return slice_trim((struct slice){line, length});
}

/* The error stands at its field where it is about one. Nothing that was typed is lost. */
static enum error_code again(struct http_request *request, struct http_response *response,
                             const struct posted *posted, const char *reason, struct error *error)
{
    struct view view = page_view(request, PROMISE_FORM);
    struct team team;
    struct promise_form form = {
        .team = posted->team, .text = http_form(request, "text"), .due = http_form(request, "due")};
    enum message message = message_find(region_format(request->region, "promise.error.%s", reason));
    if (message == MESSAGE_PROMISE_ERROR_DATE)
        form.due_error = message;
    else if (message == MESSAGE_PROMISE_ERROR_TEXT)
        form.text_error = message;
    TRY(team_load(request->session, posted->org, posted->team, request->region, error, &team));
    struct template_promise_again page = {
        .team = posted->team,
        .name = team.name,
        .error = message,
        .anchor = message == MESSAGE_PROMISE_ERROR_DATE ? S("due") : S("text"),
        .form = promise_form_html(request, &view, &form),
    };
    struct page frame = {
        .title = message_text(request->region, view.language, MESSAGE_PROMISE_AGAIN_TITLE, NO_ARGUMENTS),
        .body = template_promise_again_html(request->region, &view, &page),
        .place = PAGE_TEAM,
    };
    response->status = 422;
    return page_render(request, response, &frame, error);
}

/* The part of a reason behind "promise-"; NULL when the page cannot help: then it is a failure like any
 * other. */
static const char *error_key(const struct error *error)
{
    static const char PREFIX[] = "promise-";
    if (strcmp(error->reason, "form-expired") == 0)
        return "expired";
    if (strncmp(error->reason, PREFIX, sizeof PREFIX - 1) == 0)
        return error->reason + sizeof PREFIX - 1;
    return NULL;
}

static enum error_code post_promise(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    struct posted posted = {
        .application = request->application,
        .org = request->identity.org,
        .person = request->identity.person,
        .text = one_line(request->region, http_form(request, "text")),
    };
    TRY(http_path_id(request, "team", error, &posted.team));
    enum error_code code = http_once_check(request, PROMISE_FORM, error, posted.once);
    if (code == OK && !date_parse_day_end(http_form(request, "due"), &posted.due))
        code = FAIL(error, ERROR_INPUT, "promise-date", "not a day");
    if (code == OK)
        code = store_write(request->store, write_promise, &posted, error);
    if (code == OK || strcmp(error->reason, "form-sent-twice") == 0) {
        http_redirect(request, response, region_format(request->region, "/teams/%" PRId64, posted.team));
        return OK;
    }
    const char *key = error_key(error);
    return key != NULL ? again(request, response, &posted, key, error) : code;
}

static const struct http_route routes[] = {
    ROUTE(HTTP_POST, "/teams/:team/promise", PERMISSION_TEAM_LEADING, BODY_FORM, RATE_FORM, post_promise,
          "one promise for the newest result, with a date"),
};

const struct http_route_table PROMISE_ROUTES = {routes, COUNT_OF(routes)};
