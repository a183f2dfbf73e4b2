/* The frame around every page: head, navigation by role, language switch, footer. Pages of all features
 * render their body with a template and hand it to page_render. Uses: org, people. */
#ifndef HECHT_PEOPLE_PAGE_H
#define HECHT_PEOPLE_PAGE_H

#include "http/http.h"
#include "people/seat.h"
#include "view/view.h"

enum page_place {
    PAGE_NOWHERE = 0,
    PAGE_TEAM,
    PAGE_ANSWER,
    PAGE_ORGANISATION,
    PAGE_PEOPLE,
    PAGE_ROUNDS,
    PAGE_HOW
};

struct page {
    struct slice title; /* of the window; plain text, translated */
    struct html body;
    enum page_place place; /* marked in the navigation */
    const char *script;    /* file in assets/, loaded as a module; NULL: none */
    bool bare;             /* without navigation: claim, sign-in, the way of an answer */
};

/* Language (person, then ?language=, then Accept-Language), CSRF token and a one-time form id for `purpose`
 * (NULL: no form on the page). */
struct view page_view(struct http_request *request, const char *purpose);
/* Renders the frame into the response; sets Content-Language. */
enum error_code page_render(struct http_request *request, struct http_response *response,
                            const struct page *page, struct error *error) MUST_CHECK;
/* A code that leads a phone to the page on which it tests itself; empty where no phone can come. */
struct html phone_code(struct http_request *request, enum language language);
/* "Confidant" */
enum message seat_message(enum seat seat);
/* Whom one can talk to, as a part of a page; empty when there is nobody. */
struct html talk_to_html(struct region *region, const struct view *view, const struct person *confidants,
                         size_t count);
enum error_code talk_to_of_team(struct http_request *request, const struct view *view, int64_t team,
                                struct error *error, struct html *ret_html) MUST_CHECK;
/* For http_policy: every failure as a page that says what happened, what is not lost and what to do now;
 * problem+json for JSON routes. Looks up "error.<reason>" among the messages, then "error.code.<code>". */
void page_error(struct http_request *request, const struct error *error, struct http_response *response);

/* The sentence that page_error shows. */
struct slice page_error_text(struct region *region, enum language language, const struct error *error);
/* A shorter one to stand beside a field: "field.<reason>", or the former when there is none. */
struct slice page_field_text(struct region *region, enum language language, const struct error *error);
/* The names of who leads a team: one, "a and b", or empty. */
struct slice page_leader_names(struct region *region, enum language language, const struct team *team);
/* A name to show; empty, because that person was deleted: words for that. */
struct slice page_name(struct region *region, enum language language, struct slice name);

/* For http_policy (policy.c). An expired session is nobody's. A team of another organisation is
 * ERROR_NOT_FOUND; what no rule allows is ERROR_DENIED. */
enum error_code policy_identify(struct http_request *request, const uint8_t session_hash[32],
                                struct error *error) MUST_CHECK;
enum error_code policy_authorise(struct http_request *request, enum permission permission,
                                 struct error *error) MUST_CHECK;
bool policy_is_claimed(struct application *application);

extern const struct http_route_table PEOPLE_ROUTES; /* routes.c */

#endif
