/* Who may do what, as this program decides it: written from its own table of routes. docs/permissions.md is what this prints;
 * tests/browser/permissions.test.mjs holds both against real requests of every role. */
#include "cli/cli.h"

#include "http/http.h"

#include <assert.h>

static const char HELP[] =
    "Usage: hecht permissions\n\n"
    "Prints who may open and change what, as a page in Markdown: every role, every permission, every\n"
    "address of the web server. It is made from the table by which this very program decides, so an\n"
    "auditor need not believe a document.\n\n"
    "Example:\n"
    "  hecht permissions > permissions.md\n";

enum permission_role {
    ROLE_NOBODY = 0,
    ROLE_MEMBER,
    ROLE_LEADER,
    ROLE_DEPUTY,     /* from outside the team */
    ROLE_OTHER_TEAM, /* member or leader of another team than the address names */
    ROLE_VIEWER,
    ROLE_OWNER,
    ROLE_CONFIDANT,
    ROLE_AUDITOR,
    ROLE_COUNCIL,
    PERMISSION_ROLES,
};
static const char *const ROLE_NAMES[PERMISSION_ROLES] = {
    "nobody", "member", "leader",    "deputy",  "other team",
    "viewer", "owner",  "confidant", "auditor", "works council",
};
#define R(role) (1 << ROLE_##role)
#define EVERY_ROLE ((1 << PERMISSION_ROLES) - 1)

/* What src/people/policy.c decides, once more in one place: a mistake in either is a difference that the test finds. */
static const struct {
    enum permission permission;
    int roles;
    const char *meaning;
} PERMISSIONS[] = {
    {PERMISSION_PUBLIC, EVERY_ROLE, "everybody"},
    {PERMISSION_ANONYMOUS, EVERY_ROLE, "everybody, and the server does not look who: no cookie is read"},
    {PERMISSION_CLAIM, 0, "whoever has the claim link, until there is an owner"},
    {PERMISSION_SIGNED_IN, EVERY_ROLE & ~R(NOBODY),
     "whoever is signed in; each sees only their own and what all see"},
    {PERMISSION_TEAM_MEMBER, R(MEMBER), "members of that team"},
    {PERMISSION_TEAM_LEADER, R(LEADER), "the leader of that team"},
    {PERMISSION_TEAM_LEADING, R(LEADER) | R(DEPUTY), "the leader of that team, or who stands in"},
    {PERMISSION_TEAM, R(MEMBER) | R(LEADER) | R(DEPUTY),
     "members and leader of that team, and who stands in"},
    {PERMISSION_TEAM_LIST, R(LEADER) | R(DEPUTY) | R(OWNER),
     "who look after the list of people of that team: its leader, who stands in, and owners"},
    {PERMISSION_ORG_OWNER, R(OWNER), "owners"},
    {PERMISSION_ORG_VIEWER, R(OWNER) | R(VIEWER), "owners and viewers"},
    {PERMISSION_CONFIDANT, R(CONFIDANT), "confidants"},
    {PERMISSION_AUDITOR, R(AUDITOR), "auditors"},
    {PERMISSION_COUNCIL, R(COUNCIL), "the works council"},
    {PERMISSION_OVERSIGHT, R(OWNER) | R(AUDITOR) | R(COUNCIL), "owners, auditors and the works council"},
    {PERMISSION_EXAMPLE, R(OWNER) | R(COUNCIL), "owners and the works council"},
};
static_assert(COUNT_OF(PERMISSIONS) == PERMISSION_LAST, "every permission has its row");

static void print_roles(struct buffer *out)
{
    buffer_append_text(out, "| permission | means |");
    for (int role = 0; role < PERMISSION_ROLES; role++)
        buffer_format(out, " %s |", ROLE_NAMES[role]);
    buffer_append_text(out, "\n|---|---|");
    for (int role = 0; role < PERMISSION_ROLES; role++)
        buffer_append_text(out, "---|");
    for (size_t i = 0; i < COUNT_OF(PERMISSIONS); i++) {
        buffer_format(out, "\n| %s | %s |", http_permission_name(PERMISSIONS[i].permission),
                      PERMISSIONS[i].meaning);
        for (int role = 0; role < PERMISSION_ROLES; role++)
            buffer_append_text(out, (PERMISSIONS[i].roles >> role & 1) != 0 ? " yes |" : " |");
    }
    buffer_append_text(out, "\n");
}

static void print_route(const struct http_route *route, void *context)
{
    struct buffer *out = context;
    buffer_format(out, "| %s | `%s` | %s | %s |\n", route->method == HTTP_GET ? "GET" : "POST",
                  route->pattern, http_permission_name(route->permission), route->purpose);
}

static void print_page(struct buffer *out)
{
    struct http_route_table tables[SERVING_TABLES_MAXIMUM];
    size_t count = serving_routes(tables);
    buffer_append_text(
        out,
        "# Who may do what\n\n"
        "Printed by `hecht permissions` from the table by which the program decides; do not edit. A test asks the running\n"
        "program for every address as every role, and compares.\n\n"
        "No permission opens an answer: answers carry no name, for nobody. A person may hold several roles and may then do\n"
        "what any of them may, but an owner is never confidant, auditor or in the works council. Of another organisation,\n"
        "nothing is reached at all: its teams are as unknown as those that do not exist. What a session that ended is asked\n"
        "for, it gets as nobody does.\n\n"
        "## Permissions and roles\n\n");
    print_roles(out);
    buffer_append_text(
        out,
        "\n## Addresses\n\nGET changes nothing but the day on which a session was last used; only the return from a provider of sign-ins begins a session. POST takes a form or JSON of a page of this server, with "
        "the token of its session.\n\n"
        "| method | address | permission | what it does |\n|---|---|---|---|\n");
    http_route_list(tables, count, print_route, out);
}

static int permissions(int argc, char **argv)
{
    struct arguments arguments;
    struct error error = {0};
    bool done;
    int code = arguments_parse(&COMMAND_PERMISSIONS, argc, argv, NULL, 0, &arguments, &done);
    if (code != EXIT_DONE || done)
        return code;
    if (arguments.positional_count != 0)
        return usage_error(&COMMAND_PERMISSIONS, "it takes no arguments");
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    print_page(&out);
    if (out.failed) {
        (void)!FAIL(&error, ERROR_MEMORY, "no-memory", "no memory");
        return report_error(&error);
    }
    fwrite(out.data, 1, out.length, stdout);
    return EXIT_DONE;
}

const struct command COMMAND_PERMISSIONS = {"permissions", "who may do what, as a page", HELP, permissions};
