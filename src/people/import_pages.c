/* People from a file, for owners: the file, what it would change, and changing it. Between the two pages nothing is kept
 * here: the form carries the file, and a digest of what its reader saw. */
#include "people/handlers.h"
#include "people/people_import.h"
#include "people/places.h"
#include "templates.h"

enum { LINES_SHOWN_MAXIMUM = 200 };

static const char IMPORT_FORM[] = "people-import";

static bool only_adds(const struct http_request *request)
{
    return slice_equal(http_form(request, "add"), S("1"));
}

/* ---- The file ---------------------------------------------------------------------------------------- */

static enum error_code show_form(struct http_request *request, struct http_response *response,
                                 const struct people_file *file, struct error *error)
{
    struct region *region = request->region;
    struct view view = page_view(request, NULL);
    size_t count = file == NULL ? 0 : file->problem_count;
    struct template_people_import_problems *rows =
        REGION_ARRAY(region, count, struct template_people_import_problems);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct template_people_import_problems){
            .line = file->problems[i].line,
            .sentence = people_problem_text(&file->problems[i], view.language, region),
        };
    struct template_people_import body = {
        .done = slice_equal(http_query(request, "done"), S("1")),
        .problem_total = file == NULL ? 0 : file->problem_total,
        .left_out = file == NULL ? 0 : file->problem_total - (int64_t)count,
        .problems = rows,
        .problems_count = count,
        .file = http_form(request, "file"),
        .add = only_adds(request),
        .most = PEOPLE_FILE_MAXIMUM >> 20,
    };
    struct page page = {
        .title = message_text(region, view.language, MESSAGE_IMPORT_TITLE, NO_ARGUMENTS),
        .body = template_people_import_html(region, &view, &body),
        .place = PAGE_PEOPLE,
        .script = "people_file.js",
    };
    return page_render(request, response, &page, error);
}

enum error_code people_import_get(struct http_request *request, struct http_response *response,
                                  struct error *error)
{
    return show_form(request, response, NULL, error);
}

/* ---- What it would change ---------------------------------------------------------------------------- */

static struct template_people_import_preview_groups_rows *group_rows(const struct people_import *import,
                                                                     enum import_list_kind kind, size_t count,
                                                                     enum language language,
                                                                     struct region *region)
{
    struct template_people_import_preview_groups_rows *rows =
        REGION_ARRAY(region, count, struct template_people_import_preview_groups_rows);
    for (size_t i = 0; i < count && rows != NULL; i++)
        import_line_words(kind, &import->lists[kind].lines[i], language, region, &rows[i].subject,
                          &rows[i].change);
    return rows;
}

static void add_groups(const struct people_import *import, enum language language, struct region *region,
                       struct template_people_import_preview *page)
{
    struct template_people_import_preview_groups *groups =
        REGION_ARRAY(region, IMPORT_LIST_COUNT, struct template_people_import_preview_groups);
    for (enum import_list_kind kind = 0; kind < IMPORT_LIST_COUNT && groups != NULL; kind++) {
        size_t all = import->lists[kind].count, shown = all < LINES_SHOWN_MAXIMUM ? all : LINES_SHOWN_MAXIMUM;
        if (all == 0)
            continue;
        groups[page->groups_count++] = (struct template_people_import_preview_groups){
            .title = import_list_title(kind, all, language, region),
            .leaves = kind == IMPORT_LEAVES,
            .leaders = kind == IMPORT_LEADERS,
            .talk = kind == IMPORT_TALK,
            .left_out = (int64_t)(all - shown),
            .rows = group_rows(import, kind, shown, language, region),
            .rows_count = shown,
        };
    }
    page->groups = groups;
}

static struct slice unused_columns(const struct people_file *file, struct region *region)
{
    struct slice text = S("");
    for (size_t i = 0; i < file->unused_count; i++)
        text = i == 0 ? file->unused[i]
                      : region_format(region, "%.*s, %.*s", SLICE_ARG(text), SLICE_ARG(file->unused[i]));
    return text;
}

static enum error_code show_preview(struct http_request *request, struct http_response *response,
                                    const struct people_import *import, bool stale, struct error *error)
{
    struct region *region = request->region;
    struct view view = page_view(request, IMPORT_FORM);
    char digest[2 * IMPORT_DIGEST_BYTES + 1];
    hex_encode(import->digest, sizeof import->digest, digest);
    struct template_people_import_preview body = {
        .stale = stale,
        .changes = import->changes_anything,
        .people = import->people,
        .teams = import->teams,
        .new_people = import->new_people,
        .unused = unused_columns(&import->file, region),
        .file = http_form(request, "file"),
        .add = import->only_add,
        .seen = slice_from_text(digest),
    };
    TRY(places_round_open(request->session, request->identity.org, clock_seconds(request->clock), error,
                          &body.round_open, &body.round_closes));
    add_groups(import, view.language, region, &body);
    struct page page = {
        .title = message_text(region, view.language,
                              body.changes ? MESSAGE_IMPORT_PREVIEW_TITLE : MESSAGE_IMPORT_PREVIEW_NOTHING,
                              NO_ARGUMENTS),
        .body = template_people_import_preview_html(region, &view, &body),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

/* The state of this moment; what it finds may differ from what an apply finds later, which looks again. */
static enum error_code preview(struct http_request *request, struct http_response *response, bool stale,
                               struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(IMPORT_REGION_MAXIMUM);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct people_import import;
    TRY(people_import_plan(request->session, request->identity.org, http_form(request, "file"),
                           only_adds(request), region, error, &import));
    if (import.file.problem_total > 0) {
        response->status = 422;
        return show_form(request, response, &import.file, error);
    }
    if (stale)
        response->status = 409;
    return show_preview(request, response, &import, stale, error);
}

enum error_code people_import_post(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    return preview(request, response, false, error);
}

/* ---- Changing it ------------------------------------------------------------------------------------- */

static enum error_code apply_import(struct store_session *session, struct change *change, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(IMPORT_REGION_MAXIMUM);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct http_request *request = change->request;
    struct people_import import;
    char digest[2 * IMPORT_DIGEST_BYTES + 1];
    TRY(people_import_plan(session, change->org, http_form(request, "file"), only_adds(request), region,
                           error, &import));
    hex_encode(import.digest, sizeof import.digest, digest);
    if (import.file.problem_total > 0 || !slice_equal(http_form(request, "seen"), slice_from_text(digest)))
        return FAIL(error, ERROR_CONFLICT, "people-changed", "the file would change something else by now");
    return people_import_write(session, request->application, change->org, change->language, &import, error);
}

enum error_code people_import_apply_post(struct http_request *request, struct http_response *response,
                                         struct error *error)
{
    struct change change = {.request = request, .apply = apply_import};
    struct error failure = {0};
    bool done = false;
    enum error_code code = change_perform(&change, IMPORT_FORM, &failure, &done);
    if (code == OK) {
        http_redirect(request, response, S("/people/import?done=1"));
        return OK;
    }
    if (code == ERROR_CONFLICT && strcmp(failure.reason, "people-changed") == 0)
        return preview(request, response, true, error);
    *error = failure;
    return code;
}
