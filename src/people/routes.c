/* Who may call what in this folder. */
#include "people/handlers.h"

enum {
    PASTE_BODY_MAXIMUM = 1 << 20, /* a thousand names with addresses, percent-encoded */
    FILE_BODY_MAXIMUM = 8 << 20,  /* 50,000 rows, percent-encoded */
};

static const struct http_route ROUTES[] = {
    ROUTE(HTTP_GET, "/claim/:token", PERMISSION_CLAIM, BODY_NONE, RATE_SIGN_IN, claim_get,
          "the first page of an installation"),
    ROUTE_LARGE(HTTP_POST, "/claim/:token", PERMISSION_CLAIM, BODY_FORM, RATE_SIGN_IN, claim_post,
                "makes the organisation, its owner and its first team", PASTE_BODY_MAXIMUM),
    ROUTE(HTTP_GET, "/", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, home_get,
          "leads to the page of one's role"),
    ROUTE(HTTP_GET, "/signin", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, signin_get,
          "how to get a sign-in link"),
    ROUTE(HTTP_GET, "/signin/:token", PERMISSION_PUBLIC, BODY_NONE, RATE_SIGN_IN, signin_link_get,
          "shows whom a sign-in link is for"),
    ROUTE(HTTP_POST, "/signin/:token", PERMISSION_PUBLIC, BODY_FORM, RATE_SIGN_IN, signin_link_post,
          "spends a sign-in link"),
    ROUTE(HTTP_POST, "/signout", PERMISSION_SIGNED_IN, BODY_FORM, RATE_FORM, signout_post,
          "ends this session"),
    ROUTE(HTTP_POST, "/language", PERMISSION_PUBLIC, BODY_FORM, RATE_FORM, language_post,
          "chooses the language"),
    ROUTE(HTTP_GET, "/me", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, me_get,
          "all that is kept about the person who asks"),
    ROUTE(HTTP_POST, "/me/name", PERMISSION_SIGNED_IN, BODY_FORM, RATE_FORM, me_name_post,
          "changes one's own name"),
    ROUTE(HTTP_POST, "/me/sessions", PERMISSION_SIGNED_IN, BODY_FORM, RATE_FORM, me_sessions_post,
          "ends all one's own sessions"),
    ROUTE(HTTP_POST, "/me/devices/end", PERMISSION_SIGNED_IN, BODY_FORM, RATE_FORM, me_device_end_post,
          "a device of one's own signs for no form any more"),
    ROUTE(HTTP_POST, "/me/links-seen", PERMISSION_SIGNED_IN, BODY_FORM, RATE_FORM, me_links_seen_post,
          "one has seen that the operator made links"),
    ROUTE(HTTP_GET, "/people", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, people_get,
          "teams, units and viewers"),
    ROUTE(HTTP_POST, "/people/unit", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, people_unit_post,
          "adds a unit"),
    ROUTE_LARGE(HTTP_POST, "/people/team", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, people_team_post,
                "adds a team with its people", PASTE_BODY_MAXIMUM),
    ROUTE(HTTP_GET, "/people/team/:team", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, people_team_get,
          "leader and members of a team"),
    ROUTE_LARGE(HTTP_POST, "/people/team/:team/members", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
                people_members_post, "adds members to a team", PASTE_BODY_MAXIMUM),
    ROUTE(HTTP_POST, "/people/team/:team/leader", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
          people_leader_post, "gives a team its leader"),
    ROUTE(HTTP_POST, "/people/team/:team/remove", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
          people_remove_post, "takes a person out of a team"),
    ROUTE(HTTP_GET, "/people/import", PERMISSION_ORG_OWNER, BODY_NONE, RATE_PAGE, people_import_get,
          "takes people from a file"),
    ROUTE_LARGE(HTTP_POST, "/people/import", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, people_import_post,
                "shows what a file of people would change", FILE_BODY_MAXIMUM),
    ROUTE_LARGE(HTTP_POST, "/people/import/apply", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
                people_import_apply_post, "changes it", FILE_BODY_MAXIMUM),
    ROUTE(HTTP_POST, "/people/viewer", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM, people_viewer_post,
          "adds a viewer of the organisation"),
    ROUTE(HTTP_POST, "/people/viewer/remove", PERMISSION_ORG_OWNER, BODY_FORM, RATE_FORM,
          people_viewer_remove_post, "takes the role of viewer away"),
};

const struct http_route_table PEOPLE_ROUTES = {ROUTES, COUNT_OF(ROUTES)};
