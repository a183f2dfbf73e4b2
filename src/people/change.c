#include "people/handlers.h"

static enum error_code spend_and_apply(struct store_session *session, void *context, struct error *error)
{
    struct change *change = context;
    TRY(form_spend(session, change->org, change->once, clock_seconds(change->request->clock), error));
    return change->apply(session, change, error);
}

enum error_code change_perform(struct change *change, const char *purpose, struct error *error,
                               bool *ret_done)
{
    struct error failure = {0};
    struct org org;
    change->org = change->request->identity.org;
    TRY(org_load(change->request->session, change->org, change->request->region, error, &org));
    change->language = org.language;
    TRY(http_once_check(change->request, purpose, error, change->once));
    enum error_code code = store_write(change->request->store, spend_and_apply, change, &failure);
    bool repeated = code == ERROR_CONFLICT && strcmp(failure.reason, "form-sent-twice") == 0;
    if (code != OK && !repeated) {
        *error = failure;
        return code;
    }
    *ret_done = !repeated;
    return OK;
}

static enum error_code give_role(struct store_session *session, struct change *change, struct slice address,
                                 struct slice name, enum team_role role, struct error *error)
{
    struct application *application = change->request->application;
    int64_t person = 0;
    TRY(person_ensure(session, application, change->org, address, name, change->language, error, &person));
    return team_give_role(session, application, change->org, change->team, person, role, error);
}

enum error_code change_add_members(struct store_session *session, struct change *change, struct error *error)
{
    for (size_t i = 0; i < change->people_count; i++)
        TRY(give_role(session, change, change->people[i].address, change->people[i].name, TEAM_ROLE_MEMBER,
                      error));
    return OK;
}

enum error_code change_set_leader(struct store_session *session, struct change *change, struct error *error)
{
    return give_role(session, change, change->leader.address, change->leader.name, TEAM_ROLE_LEADER, error);
}

enum error_code change_add_leader(struct store_session *session, struct change *change, struct error *error)
{
    struct application *application = change->request->application;
    int64_t person = 0;
    TRY(person_ensure(session, application, change->org, change->leader.address, change->leader.name,
                      change->language, error, &person));
    return team_add_leader(session, application, change->org, change->team, person, error);
}

bool change_is_mendable(const struct error *error)
{
    return error->code == ERROR_INPUT || error->code == ERROR_CONFLICT || error->code == ERROR_LIMIT;
}

bool change_read_people(struct http_request *request, enum language language, struct slice text,
                        struct pasted_person **ret_people, size_t *ret_count, struct slice *ret_sentence)
{
    struct error error = {0};
    if (people_parse_paste(text, request->region, &error, ret_people, ret_count) == OK)
        return true;
    bool address = strcmp(error.reason, "address-wrong") == 0;
    *ret_sentence = address
                        ? message_text(request->region, language, MESSAGE_PEOPLE_PASTE_WRONG,
                                       ARGUMENTS(A_TEXT("part", people_paste_wrong(text, request->region))))
                        : page_field_text(request->region, language, &error);
    return false;
}

bool change_read_address(struct http_request *request, enum language language, struct slice text,
                         struct pasted_person *ret_person, struct slice *ret_sentence)
{
    struct pasted_person *people;
    size_t count = 0;
    if (!change_read_people(request, language, text, &people, &count, ret_sentence))
        return false;
    if (count > 1) {
        *ret_sentence = message_text(request->region, language, MESSAGE_PEOPLE_ONE_ADDRESS, NO_ARGUMENTS);
        return false;
    }
    *ret_person = count == 1 ? people[0] : (struct pasted_person){S(""), S("")};
    return true;
}
