#include "insight/insight_pages.h"

#include "insight/pages.h"

static const struct http_route routes[] = {
    ROUTE(HTTP_GET, "/teams/:team", PERMISSION_TEAM, BODY_NONE, RATE_PAGE, team_page,
          "the result of a team, the same for its leader and its members"),
    ROUTE(HTTP_GET, "/teams/:team/talk", PERMISSION_TEAM, BODY_NONE, RATE_PAGE, talk_page,
          "the talk about a result in four steps, ending in a promise"),
    ROUTE(HTTP_GET, "/organisation", PERMISSION_ORG_VIEWER, BODY_NONE, RATE_PAGE, organisation_page,
          "teams by line, without a line about any one leader"),
    ROUTE(HTTP_GET, "/view-as/:example", PERMISSION_EXAMPLE, BODY_NONE, RATE_PAGE, view_as_page,
          "what another role sees, with invented data"),
};

const struct http_route_table INSIGHT_ROUTES = {routes, COUNT_OF(routes)};
