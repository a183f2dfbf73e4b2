/* The form of a promise and its route; the page it stands on is the talk. Uses: org, people. */
#ifndef HECHT_PROMISE_PROMISE_PAGES_H
#define HECHT_PROMISE_PROMISE_PAGES_H

#include "http/http.h"
#include "promise/promise.h"
#include "view/view.h"

#define PROMISE_FORM "promise" /* purpose of the form's one-time id: page_view(request, PROMISE_FORM) */

struct promise_form {
    int64_t team;
    struct slice text, due;             /* as typed; due like "2026-11-23", empty: in two weeks */
    enum message text_error, due_error; /* MESSAGE_NONE: fine */
};
struct html promise_form_html(struct http_request *request, const struct view *view,
                              const struct promise_form *form);
/* Who made it, to show; of who stood in with a word for that. */
struct slice promise_maker(struct region *region, enum language language, const struct promise *promise);
/* One sentence on what the team said, never who or how many. */
enum message promise_outcome_message(const struct promise *promise);

extern const struct http_route_table PROMISE_ROUTES;

#endif
