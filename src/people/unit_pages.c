/* Name and place of a unit or a team, for owners. What was published about it stays as it was. */
#include "people/handlers.h"
#include "people/people_file.h"
#include "templates.h"

static const char TREE_FORM[] = "people-tree";

/* What a form about one unit or team shows: as it is, or as it was typed and refused. */
struct tree_form {
    int64_t id;
    bool is_team;
    struct slice title; /* its name as it is */
    struct slice name;
    int64_t above;
    struct slice wrong_name, wrong_above;
};

/* "/people/unit/7", "/people/team/7". */
static struct slice form_path(const struct tree_form *form, const char *behind, struct region *region)
{
    return region_format(region, "/people/%s/%" PRId64 "%s", form->is_team ? "team" : "unit", form->id,
                         behind);
}

static enum error_code load(struct http_request *request, bool is_team, struct error *error,
                            struct tree_form *ret_form)
{
    struct tree_form form = {.is_team = is_team};
    TRY(http_path_id(request, is_team ? "team" : "unit", error, &form.id));
    if (is_team) {
        struct team team;
        TRY(team_load(request->session, request->identity.org, form.id, request->region, error, &team));
        form.title = form.name = team.name;
        form.above = team.unit;
    } else {
        struct unit *units;
        size_t count, at = 0;
        TRY(unit_list(request->session, request->identity.org, request->region, error, &units, &count));
        while (at < count && units[at].id != form.id)
            at++;
        if (at == count)
            return FAIL(error, ERROR_NOT_FOUND, "unit-unknown", "there is no such unit");
        form.title = form.name = units[at].name;
        form.above = units[at].parent;
    }
    *ret_form = form;
    return OK;
}

static int compare_paths(const void *a, const void *b)
{
    const struct template_people_unit_units *first = a, *second = b;
    return slice_compare(first->path, second->path);
}

/* Where it may go: for a unit anywhere but below itself. */
static enum error_code fill_units(struct http_request *request, const struct tree_form *form,
                                  struct error *error, struct template_people_unit *body)
{
    struct region *region = request->region;
    struct unit *units;
    size_t count, filled = 0;
    TRY(unit_list(request->session, request->identity.org, region, error, &units, &count));
    struct slice *paths = people_unit_paths(units, count, region);
    struct template_people_unit_units *rows = REGION_ARRAY(region, count, struct template_people_unit_units);
    bool *below = REGION_ARRAY(region, count, bool);
    if (paths == NULL || rows == NULL || below == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < count; i++) {
        below[i] = !form->is_team && units[i].id == form->id;
        for (size_t j = 0; j < i && !below[i]; j++)
            below[i] = below[j] && units[j].id == units[i].parent;
        if (!below[i])
            rows[filled++] = (struct template_people_unit_units){.id = units[i].id,
                                                                 .path = people_path_text(paths[i], region),
                                                                 .chosen = units[i].id == form->above};
    }
    if (filled > 0)
        qsort(rows, filled, sizeof *rows, compare_paths);
    body->units = rows;
    body->units_count = filled;
    return OK;
}

static enum error_code show(struct http_request *request, struct http_response *response,
                            const struct tree_form *form, struct error *error)
{
    struct view view = page_view(request, TREE_FORM);
    struct template_people_unit body = {
        .team = form->is_team,
        .title = form->title,
        .name = form->name,
        .wrong_name = form->wrong_name,
        .wrong_above = form->wrong_above,
        .back = form->is_team ? form_path(form, "", request->region) : S("/people"),
        .action = form_path(form, form->is_team ? "/name" : "", request->region),
    };
    TRY(fill_units(request, form, error, &body));
    struct page page = {
        .title = form->title,
        .body = template_people_unit_html(request->region, &view, &body),
        .place = PAGE_PEOPLE,
    };
    return page_render(request, response, &page, error);
}

static enum error_code apply_tree(struct store_session *session, struct change *change, struct error *error)
{
    return change->team != 0
               ? team_change(session, change->org, change->team, change->name, change->unit, error)
               : unit_change(session, change->org, change->made, change->name, change->unit, error);
}

static enum error_code post(struct http_request *request, struct http_response *response, bool is_team,
                            struct error *error)
{
    struct tree_form form;
    struct error failure = {0};
    bool done = false;
    TRY(load(request, is_team, error, &form));
    form.name = http_form(request, "name");
    if (!slice_to_integer(http_form(request, "above"), 0, INT64_MAX, &form.above))
        form.above = 0;
    struct change change = {.request = request,
                            .apply = apply_tree,
                            .team = is_team ? form.id : 0,
                            .made = is_team ? 0 : form.id,
                            .name = form.name,
                            .unit = form.above};
    enum error_code code = change_perform(&change, TREE_FORM, &failure, &done);
    if (code == OK) {
        http_redirect(request, response, is_team ? form_path(&form, "", request->region) : S("/people"));
        return OK;
    }
    if (!change_is_mendable(&failure) || strcmp(failure.reason, "form-expired") == 0) {
        *error = failure;
        return code;
    }
    bool about_name = strcmp(failure.reason, "team-name") == 0 || strcmp(failure.reason, "unit-name") == 0 ||
                      strcmp(failure.reason, "team-name-taken") == 0;
    *(about_name ? &form.wrong_name : &form.wrong_above) =
        page_field_text(request->region, page_view(request, NULL).language, &failure);
    response->status = 422;
    return show(request, response, &form, error);
}

static enum error_code get(struct http_request *request, struct http_response *response, bool is_team,
                           struct error *error)
{
    struct tree_form form;
    TRY(load(request, is_team, error, &form));
    return show(request, response, &form, error);
}

enum error_code people_unit_get(struct http_request *request, struct http_response *response,
                                struct error *error)
{
    return get(request, response, false, error);
}

enum error_code people_unit_change_post(struct http_request *request, struct http_response *response,
                                        struct error *error)
{
    return post(request, response, false, error);
}

enum error_code people_team_name_get(struct http_request *request, struct http_response *response,
                                     struct error *error)
{
    return get(request, response, true, error);
}

enum error_code people_team_name_post(struct http_request *request, struct http_response *response,
                                      struct error *error)
{
    return post(request, response, true, error);
}
