#include "check.h"

#include "http/router.h"

static enum error_code nothing(struct http_request *request, struct http_response *response,
                               struct error *error)
{
    (void)request;
    (void)response;
    (void)error;
    return OK;
}

#define GET_ROUTE(pattern) ROUTE(HTTP_GET, pattern, PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, nothing, "test")
#define POST_ROUTE(pattern)                                                                                  \
    ROUTE(HTTP_POST, pattern, PERMISSION_PUBLIC, BODY_FORM, RATE_FORM, nothing, "test")

/* The general ones come first, so that order in the table cannot be what decides. */
static const struct http_route first_table[] = {
    GET_ROUTE("/:any"),
    GET_ROUTE("/teams/:team"),
    GET_ROUTE("/teams/:team/:what"),
    GET_ROUTE("/teams/:team/promise"),
    POST_ROUTE("/teams/:team"),
    GET_ROUTE("/"),
};
static const struct http_route second_table[] = {
    GET_ROUTE("/teams/new"),
    GET_ROUTE("/teams/new/:what"),
    GET_ROUTE("/a/:b/c/:d/e/:f/:g"),
    POST_ROUTE("/only-post"),
};
static const struct http_route_table tables[] = {
    {first_table, COUNT_OF(first_table)},
    {NULL, 0},
    {second_table, COUNT_OF(second_table)},
};

static struct router *make(void)
{
    struct router *router = NULL;
    struct error error;
    assert_int_equal(router_make(tables, COUNT_OF(tables), &error, &router), OK);
    return router;
}

static const struct {
    int method;
    const char *path;
    const char *pattern;    /* NULL: no route */
    const char *parameters; /* "name=value " each */
    const char *allowed;    /* "G", "P", "GP" or "" */
} cases[] = {
    {HTTP_GET, "/", "/", "", "G"},
    {HTTP_GET, "/x", "/:any", "any=x ", "G"},
    {HTTP_GET, "/teams", "/:any", "any=teams ", "G"},
    {HTTP_GET, "/teams/7", "/teams/:team", "team=7 ", "GP"},
    {HTTP_POST, "/teams/7", "/teams/:team", "team=7 ", "GP"},
    {HTTP_GET, "/teams/new", "/teams/new", "", "GP"},
    {HTTP_POST, "/teams/new", "/teams/:team", "team=new ", "GP"},
    {HTTP_GET, "/teams/7/promise", "/teams/:team/promise", "team=7 ", "G"},
    {HTTP_GET, "/teams/7/x", "/teams/:team/:what", "team=7 what=x ", "G"},
    /* From the left: the literal in second place beats the literal in third. */
    {HTTP_GET, "/teams/new/promise", "/teams/new/:what", "what=promise ", "G"},
    {HTTP_GET, "/a/1/c/2/e/3/4", "/a/:b/c/:d/e/:f/:g", "b=1 d=2 f=3 g=4 ", "G"},
    {HTTP_GET, "/a/1/x/2/e/3/4", NULL, "", ""},
    {HTTP_POST, "/teams/7/promise", NULL, "", "G"},
    {HTTP_GET, "/only-post", "/:any", "any=only-post ", "GP"},
    {0, "/teams/7", NULL, "", "GP"},
    /* Not the same path. */
    {HTTP_GET, "", NULL, "", ""},
    {HTTP_GET, "x", NULL, "", ""},
    {HTTP_GET, "*", NULL, "", ""},
    {HTTP_GET, "//", NULL, "", ""},
    {HTTP_GET, "/teams/", NULL, "", ""},
    {HTTP_GET, "/teams//promise", NULL, "", ""},
    {HTTP_GET, "/x/", NULL, "", ""},
    {HTTP_GET, "/Teams/7", NULL, "", ""},
    {HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14", NULL, "", ""},
    /* Escapes: decoded within a segment, never across. */
    {HTTP_GET, "/te%61ms/7", "/teams/:team", "team=7 ", "GP"},
    {HTTP_GET, "/teams%2F7", "/:any", "any=teams/7 ", "G"},
    {HTTP_GET, "/teams/%C3%A9", "/teams/:team", "team=\xC3\xA9 ", "GP"},
    {HTTP_GET, "/teams/a+b", "/teams/:team", "team=a+b ", "GP"},
    {HTTP_GET, "/teams/..", "/teams/:team", "team=.. ", "GP"},
    {HTTP_GET, "/teams/:team", "/teams/:team", "team=:team ", "GP"},
    {HTTP_GET, "/teams/%00", NULL, "", ""},
    {HTTP_GET, "/teams/%0A", NULL, "", ""},
    {HTTP_GET, "/teams/%C0%AF", NULL, "", ""},
    {HTTP_GET, "/teams/%", NULL, "", ""},
    {HTTP_GET, "/teams/%4", NULL, "", ""},
    {HTTP_GET, "/teams/%zz", NULL, "", ""},
};

TEST(each_path_finds_its_route)
{
    struct router *router = make();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct router_match match;
        char scratch[200];
        router_find(router, cases[i].method, slice_from_text(cases[i].path), scratch, &match);
        CLEANUP(buffer_free) struct buffer parameters = BUFFER(500);
        for (size_t p = 0; p < match.parameter_count; p++)
            buffer_format(&parameters, "%.*s=%.*s ", SLICE_ARG(match.parameters[p].name),
                          SLICE_ARG(match.parameters[p].value));
        char allowed[3] = "";
        snprintf(allowed, sizeof(allowed), "%s%s", match.allows_get ? "G" : "", match.allows_post ? "P" : "");
        assert_string_equal(match.route == NULL ? "none" : match.route->pattern,
                            cases[i].pattern == NULL ? "none" : cases[i].pattern);
        assert_slice(buffer_slice(&parameters), cases[i].parameters);
        assert_string_equal(allowed, cases[i].allowed);
        assert_int_equal(match.path_known, cases[i].allowed[0] != '\0');
    }
    router_free(router);
}

TEST(no_routes_find_nothing)
{
    struct router *router = NULL;
    struct error error;
    struct router_match match;
    char scratch[1];
    assert_int_equal(router_make(NULL, 0, &error, &router), OK);
    router_find(router, HTTP_GET, S("/"), scratch, &match);
    assert_null(match.route);
    assert_false(match.path_known);
    router_free(router);
    assert_null(router_free(NULL));
}

static const char *refusal(const struct http_route *routes, size_t count)
{
    struct http_route_table table = {routes, count};
    struct router *router = NULL;
    struct error error = {0};
    if (router_make(&table, 1, &error, &router) == OK) {
        router_free(router);
        return "fine";
    }
    assert_int_equal(error.code, ERROR_INTERNAL);
    assert_null(router);
    return error.reason;
}

TEST(wrong_rows_are_refused_at_the_start)
{
    const struct http_route good = GET_ROUTE("/x");
    struct http_route rows[] = {good, good, good, good, good, good, good, good, good, good, good, good};
    rows[0].pattern = NULL;
    rows[1].pattern = "";
    rows[2].pattern = "x";
    rows[3].pattern = "/x/";
    rows[4].pattern = "/x//y";
    rows[5].pattern = "/:";
    rows[6].pattern = "/:a/:b/:c/:d/:e";
    rows[7].handler = NULL;
    rows[8].permission = (enum permission)0;
    rows[9].body = BODY_FORM;
    rows[10].rate = (enum rate_class)0;
    rows[11].body_maximum = SIZE_MAX;
    assert_string_equal(refusal(&good, 1), "fine");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(refusal(&rows[i], 1), "route-invalid");
}

TEST(the_same_route_twice_is_refused)
{
    const struct http_route same[] = {GET_ROUTE("/x/:a"), GET_ROUTE("/y"), GET_ROUTE("/x/:b")};
    const struct http_route other[] = {GET_ROUTE("/x/:a"), POST_ROUTE("/x/:b"), GET_ROUTE("/x/b")};
    assert_string_equal(refusal(same, COUNT_OF(same)), "route-twice");
    assert_string_equal(refusal(other, COUNT_OF(other)), "fine");
}

static void collect(const struct http_route *route, void *context)
{
    buffer_format(context, "%s %s\n", route->pattern, http_permission_name(route->permission));
}

TEST(the_list_has_every_route_once)
{
    CLEANUP(buffer_free) struct buffer list = BUFFER(2000);
    http_route_list(tables, COUNT_OF(tables), collect, &list);
    assert_slice(buffer_slice(&list), "/:any public\n/teams/:team public\n/teams/:team/:what public\n"
                                      "/teams/:team/promise public\n/teams/:team public\n/ public\n"
                                      "/teams/new public\n/teams/new/:what public\n"
                                      "/a/:b/c/:d/e/:f/:g public\n/only-post public\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_finds_its_route),
        cmocka_unit_test(no_routes_find_nothing),
        cmocka_unit_test(wrong_rows_are_refused_at_the_start),
        cmocka_unit_test(the_same_route_twice_is_refused),
        cmocka_unit_test(the_list_has_every_route_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
