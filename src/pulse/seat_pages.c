/* The first pages of people who stand apart: what a confidant, an auditor and a seat of the works council can do, and what
 * they need for it. None holds a figure of a team, a rid or a name beside an answer. */
#include "people/page.h"
#include "people/seat.h"
#include "pulse/pulse_handlers.h"
#include "pulse/settings.h"
#include "pulse/witness.h"
#include "templates.h"

STATEMENT(SEAT_LOGS, "SELECT count(*), COALESCE(SUM(entries), 0) FROM team_log_head WHERE org_id = $1");
STATEMENT(SEAT_RECORDS, "SELECT count(*) FROM round_record WHERE org_id = $1");
STATEMENT(SEAT_ROUNDS, "SELECT count(*) FROM round WHERE org_id = $1 AND state = $2");
STATEMENT(SEAT_LINKS, "SELECT count(*) FROM operator_link WHERE org_id = $1");
STATEMENT(SEAT_OTHER_TEAMS,
          "SELECT count(*) FROM team t WHERE t.org_id = $1 AND NOT EXISTS (SELECT 1 FROM team_role r WHERE "
          "r.org_id = t.org_id AND r.team_id = t.team_id AND r.person_id = $2 AND r.role = 'leader') "
          "AND NOT EXISTS (SELECT 1 FROM joint_place j WHERE j.org_id = t.org_id AND j.team_id = t.team_id "
          "AND j.person_id = $2 AND j.role = 'leader')");
STATEMENT(SEAT_BEHIND,
          "SELECT count(*) FROM team_log_head h WHERE h.org_id = $1 AND NOT EXISTS (SELECT 1 FROM "
          "witness_line l WHERE l.org_id = h.org_id AND l.team_id = h.team_id AND l.name = $2 "
          "AND l.entries >= h.entries)");

static enum error_code render(struct http_request *request, struct http_response *response,
                              enum message title, struct html body, struct error *error)
{
    struct page page = {
        .title = message_text(request->region, page_view(request, NULL).language, title, NO_ARGUMENTS),
        .body = body,
    };
    return page_render(request, response, &page, error);
}

/* ---- Confidant ---------------------------------------------------------------------------------------- */

enum error_code confidant_get(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    struct view view = page_view(request, NULL);
    struct person person;
    TRY(person_load(request->session, request->identity.org, request->identity.person, request->region, error,
                    &person));
    int64_t teams = 0;
    TRY(store_one_integer(request->session, &SEAT_OTHER_TEAMS,
                          PARAMETERS(V_INTEGER(request->identity.org), V_INTEGER(person.id)), error, NULL,
                          &teams));
    struct html shown = {0};
    if (teams > 0)
        shown = talk_to_html(request->region, &view, &person, 1);
    struct template_seat_confidant filled = {.shown = shown};
    return render(request, response, MESSAGE_ROLES_CONFIDANT,
                  template_seat_confidant_html(request->region, &view, &filled), error);
}

/* ---- Auditor ------------------------------------------------------------------------------------------ */

static enum error_code count_state(struct http_request *request, struct error *error,
                                   struct template_seat_auditor *page)
{
    struct store_session *session = request->session;
    struct store_value org = V_INTEGER(request->identity.org);
    STORE_ROWS(rows);
    TRY(store_select(session, &SEAT_LOGS, PARAMETERS(org), error, &rows));
    if (store_next(&rows)) {
        page->logs = store_column_integer(&rows, 0);
        page->entries = store_column_integer(&rows, 1);
    }
    TRY(store_rows_end(&rows));
    TRY(store_one_integer(session, &SEAT_RECORDS, PARAMETERS(org), error, NULL, &page->records));
    TRY(store_one_integer(session, &SEAT_ROUNDS, PARAMETERS(org, V_TEXT(S("closed"))), error, NULL,
                          &page->closed));
    TRY(store_one_integer(session, &SEAT_ROUNDS, PARAMETERS(org, V_TEXT(S("open"))), error, NULL,
                          &page->open));
    return store_one_integer(session, &SEAT_LINKS, PARAMETERS(org), error, NULL, &page->links);
}

static enum error_code list_witnesses(struct http_request *request, struct error *error,
                                      struct template_seat_auditor *page)
{
    struct witness witnesses[WITNESSES_MAXIMUM];
    size_t count;
    struct template_seat_auditor_witnesses *rows =
        REGION_ARRAY(request->region, WITNESSES_MAXIMUM, struct template_seat_auditor_witnesses);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(witness_list(request->session, request->identity.org, request->region, error, witnesses, &count));
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct template_seat_auditor_witnesses){.name = witnesses[i].name,
                                                           .has_signed = witnesses[i].signed_at > 0,
                                                           .last = witnesses[i].signed_at};
        TRY(store_one_integer(request->session, &SEAT_BEHIND,
                              PARAMETERS(V_INTEGER(request->identity.org), V_TEXT(witnesses[i].name)), error,
                              NULL, &rows[i].behind));
    }
    page->witnesses = rows;
    page->witnesses_count = count;
    return OK;
}

enum error_code auditor_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct template_seat_auditor filled = {0};
    TRY(count_state(request, error, &filled));
    TRY(list_witnesses(request, error, &filled));
    return render(request, response, MESSAGE_ROLES_AUDITOR,
                  template_seat_auditor_html(request->region, &view, &filled), error);
}

/* ---- Works council ------------------------------------------------------------------------------------ */

enum error_code council_get(struct http_request *request, struct http_response *response, struct error *error)
{
    struct view view = page_view(request, NULL);
    struct org org;
    struct setting_change *changes;
    struct witness witnesses[WITNESSES_MAXIMUM];
    size_t change_count, witness_count;
    TRY(org_load(request->session, request->identity.org, request->region, error, &org));
    TRY(settings_changes(request->session, org.id, request->region, error, &changes, &change_count));
    TRY(witness_list(request->session, org.id, request->region, error, witnesses, &witness_count));
    struct template_seat_council_witnesses *rows =
        REGION_ARRAY(request->region, WITNESSES_MAXIMUM, struct template_seat_council_witnesses);
    if (rows == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t i = 0; i < witness_count; i++)
        rows[i].name = witnesses[i].name;
    struct template_seat_council filled = {
        .k = org.k,
        .comments = org.comments,
        .changed = change_count > 0,
        .changed_on = change_count > 0 ? changes[0].changed_at : 0,
        .changed_by =
            change_count > 0 ? page_name(request->region, view.language, changes[0].person_name) : S(""),
        .witnesses = rows,
        .witnesses_count = witness_count,
    };
    return render(request, response, MESSAGE_ROLES_COUNCIL,
                  template_seat_council_html(request->region, &view, &filled), error);
}
