/* Who belongs to an organisation: units (a tree), teams, persons and their roles; signing in.
 * Uses: org, mail.
 *
 * Roles: owner and viewer of the organisation; leader and member of a team. A leader is not a respondent of
 * the own team, but may be a member of another one. A team has one leader, or two who lead it together: then nobody is asked
 * about a leader, since trust in two people is not one number. Somebody may stand in for a while (deputy.h). Small teams may
 * be measured together, as a team of its own (joint.h), which has the leaders of all of them. */
#ifndef HECHT_PEOPLE_PEOPLE_H
#define HECHT_PEOPLE_PEOPLE_H

#include "org/org.h"

enum {
    PERSON_ADDRESS_MAXIMUM = 254,
    PERSON_NAME_MAXIMUM = 100,
    TEAM_NAME_MAXIMUM = 120,
    TEAM_MEMBERS_MAXIMUM = 1000,
    TEAM_LEADERS_MAXIMUM = 2,
    TEAM_TALK_BELOW = 5,   /* members; with fewer a team talks without figures */
    TEAM_SMALL_BELOW = 10, /* members; with fewer the number of answers is not said */
    TEAMS_MAXIMUM = 20000,
    UNITS_MAXIMUM = 5000,
    UNIT_DEPTH_MAXIMUM = 12,
    SIGNIN_LINK_ASKED_SECONDS = HOUR_SECONDS,
    SIGNIN_LINK_OPERATOR_SECONDS = DAY_SECONDS,
    WEB_SESSION_SECONDS = 30 * DAY_SECONDS,
    WEB_SESSION_WITHOUT_ADDRESS_SECONDS =
        400 * DAY_SECONDS, /* no link brings these back; browsers keep a cookie no longer */
};

enum org_role { ORG_ROLE_NONE = 0, ORG_ROLE_VIEWER, ORG_ROLE_OWNER };
enum team_role { TEAM_ROLE_NONE = 0, TEAM_ROLE_MEMBER, TEAM_ROLE_LEADER };

enum team_kind {
    TEAM_ALONE = 0,
    TEAM_PART,       /* measured as part of a joint group */
    TEAM_JOINT,      /* such a group */
    TEAM_JOINT_OVER, /* one that has ended: kept for its history, not asked any more */
};

struct person {
    int64_t id;
    struct slice address, name, language; /* address empty: came in without one (join.h) */
};

struct team {
    int64_t id;
    int64_t unit; /* 0: directly under the organisation */
    struct slice name;
    int64_t members;      /* without leaders */
    struct person leader; /* the only one; id 0: none, two, or different ones of the teams of a joint group */
    struct person pair[TEAM_LEADERS_MAXIMUM]; /* two who lead it together; id 0: not so */
    enum team_kind kind;
    int64_t joint; /* of TEAM_PART: the team of its group */
};
/* One, or two; a joint group whose teams have different ones has none of its own. */
bool team_has_leader(const struct team *team);
/* Is it asked when a round opens, once it has members? */
bool team_is_measured(const struct team *team);
/* Are its people listed with it? Those of a joint group are listed with its teams. */
bool team_has_list(const struct team *team);

struct unit {
    int64_t id;
    int64_t parent; /* 0: directly under the organisation */
    struct slice name;
};

/* ---- Reading ----------------------------------------------------------------------------------------- */

/* From four columns of a row: person_id, address, name, language. */
struct person person_read(const struct store_rows *rows, int column, struct region *region);
enum error_code person_load(struct store_session *session, int64_t org, int64_t person, struct region *region,
                            struct error *error, struct person *ret_person) MUST_CHECK;
/* By address, without regard to ASCII case. ERROR_NOT_FOUND, reason "person-unknown". */
enum error_code person_find(struct store_session *session, int64_t org, struct slice address,
                            struct region *region, struct error *error, struct person *ret_person) MUST_CHECK;
enum error_code people_org_role(struct store_session *session, int64_t org, int64_t person,
                                struct error *error, enum org_role *ret_role) MUST_CHECK;
enum error_code people_team_role(struct store_session *session, int64_t org, int64_t team, int64_t person,
                                 struct error *error, enum team_role *ret_role) MUST_CHECK;
enum error_code team_load(struct store_session *session, int64_t org, int64_t team, struct region *region,
                          struct error *error, struct team *ret_team) MUST_CHECK;
/* All teams, by name. */
enum error_code team_list(struct store_session *session, int64_t org, struct region *region,
                          struct error *error, struct team **ret_teams, size_t *ret_count) MUST_CHECK;
/* How many there are; a joint group is not one more beside its teams. */
enum error_code team_count(struct store_session *session, int64_t org, struct error *error,
                           int64_t *ret_count) MUST_CHECK;
/* The teams in which a person has the role. */
enum error_code team_list_of_person(struct store_session *session, int64_t org, int64_t person,
                                    enum team_role role, struct region *region, struct error *error,
                                    struct team **ret_teams, size_t *ret_count) MUST_CHECK;
/* The teams for which a person stands in at this moment, and the joint groups of those (a group first). */
enum error_code team_list_of_deputy(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                    struct region *region, struct error *error, struct team **ret_teams,
                                    size_t *ret_count) MUST_CHECK;
enum error_code team_members(struct store_session *session, int64_t org, int64_t team, struct region *region,
                             struct error *error, struct person **ret_members, size_t *ret_count) MUST_CHECK;
/* Those of a team, or those of the teams of a joint group. */
enum error_code team_leaders(struct store_session *session, int64_t org, int64_t team, struct region *region,
                             struct error *error, struct person **ret_leaders, size_t *ret_count) MUST_CHECK;
/* Owners first, then viewers, by name. */
struct org_role_holder {
    struct person person;
    enum org_role role;
};
enum { ORG_ROLE_HOLDERS_MAXIMUM = 1000 };
enum error_code people_org_role_list(struct store_session *session, int64_t org, struct region *region,
                                     struct error *error, struct org_role_holder **ret_holders,
                                     size_t *ret_count) MUST_CHECK;
/* What is kept about a person beside name, address and roles. All of it: answers are not kept by person. */
struct person_record {
    int64_t since;         /* seconds */
    int64_t rounds_listed; /* team rounds in whose roster the person stands */
    int64_t forms_fetched; /* those of which a form was fetched */
    int64_t sessions;      /* that have not ended */
    int64_t
        named_acts; /* settings or roles changed, witnesses added, comments taken away: others see them by name */
};
enum error_code person_record_load(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                   struct error *error, struct person_record *ret_record) MUST_CHECK;
/* Parents before children. */
enum error_code unit_list(struct store_session *session, int64_t org, struct region *region,
                          struct error *error, struct unit **ret_units, size_t *ret_count) MUST_CHECK;

/* ---- Changing: inside a write ------------------------------------------------------------------------ */

/* An address is "name@host" without blanks; stored in lower case. ERROR_INPUT, reason "address-wrong". */
enum error_code address_check(struct slice address, struct region *region, struct error *error,
                              struct slice *ret_address) MUST_CHECK;
/* Makes the person or finds the one with that address. name may be empty: then it is made from the address.
 */
enum error_code person_ensure(struct store_session *session, struct application *application, int64_t org,
                              struct slice address, struct slice name, struct slice language,
                              struct error *error, int64_t *ret_person) MUST_CHECK;
/* Somebody who is known by a browser alone. ERROR_INPUT, reason "person-name". */
enum error_code person_create_without_address(struct store_session *session, struct application *application,
                                              int64_t org, struct slice name, struct slice language,
                                              struct error *error, int64_t *ret_person) MUST_CHECK;
/* "anna.de.vries@example.org" gives "Anna de vries": something to show until the person says otherwise. The whole address
 * when nothing is left of it. */
struct slice person_name_of_address(struct slice address, struct region *region);
enum error_code person_set_language(struct store_session *session, int64_t org, int64_t person,
                                    struct slice language, struct error *error) MUST_CHECK;
/* ERROR_INPUT, reason "person-name". */
enum error_code person_set_name(struct store_session *session, int64_t org, int64_t person, struct slice name,
                                struct error *error) MUST_CHECK;
/* Owners stay what they are. */
enum error_code people_end_viewer(struct store_session *session, int64_t org, int64_t person,
                                  struct error *error) MUST_CHECK;
enum error_code people_give_org_role(struct store_session *session, int64_t org, int64_t person,
                                     enum org_role role, struct error *error) MUST_CHECK;
enum error_code unit_create(struct store_session *session, struct application *application, int64_t org,
                            struct slice name, int64_t parent, struct error *error,
                            int64_t *ret_unit) MUST_CHECK;
/* unit 0: directly under the organisation. ERROR_CONFLICT, reason "team-name-taken"; ERROR_INPUT,
 * "unit-unknown". */
enum error_code team_create(struct store_session *session, struct application *application, int64_t org,
                            struct slice name, int64_t unit, struct error *error,
                            int64_t *ret_team) MUST_CHECK;
/* New name and place (0: directly under the organisation). What was published about a unit or team stays as it was;
 * totals follow the tree of the moment of a close. ERROR_CONFLICT, reasons "unit-loop", "team-name-taken". */
enum error_code unit_change(struct store_session *session, int64_t org, int64_t unit, struct slice name,
                            int64_t parent, struct error *error) MUST_CHECK;
enum error_code team_change(struct store_session *session, int64_t org, int64_t team, struct slice name,
                            int64_t unit, struct error *error) MUST_CHECK;
/* A leader replaces the former one, or both, and ends who stood in. Making the leader a member, or the reverse, is ERROR_CONFLICT, reason
 * "leader-not-member"; giving a role in the team of a joint group "joint-no-list". Giving a role a second time changes
 * nothing. */
enum error_code team_give_role(struct store_session *session, struct application *application, int64_t org,
                               int64_t team, int64_t person, enum team_role role,
                               struct error *error) MUST_CHECK;
/* A leader beside the one there is; ends who stood in. Otherwise as team_give_role; ERROR_CONFLICT, reason "leaders-two". */
enum error_code team_add_leader(struct store_session *session, struct application *application, int64_t org,
                                int64_t team, int64_t person, struct error *error) MUST_CHECK;
/* Who was a member and stood in stands in no more. */
enum error_code team_take_role(struct store_session *session, int64_t org, int64_t team, int64_t person,
                               int64_t now, struct error *error) MUST_CHECK;

/* A line of pasted addresses: "Name <name@host>", "name@host", or a name and an address as two cells of a
 * table; separated by new lines, semicolons or commas. A comma before the address belongs to the name
 * ("Jansen, Sam"). */
struct pasted_person {
    struct slice address, name;
};
/* ERROR_INPUT, reason "address-wrong", names the first that is wrong. Repeated addresses count once. */
enum error_code people_parse_paste(struct slice text, struct region *region, struct error *error,
                                   struct pasted_person **ret_people, size_t *ret_count) MUST_CHECK;

/* The first part that is no such line, as it was pasted (at most 80 bytes), to show it; empty when all are.
 */
struct slice people_paste_wrong(struct slice text, struct region *region);

/* ---- Signing in -------------------------------------------------------------------------------------- */

/* Inside a write: a one-use link; the text behind /signin/. by_operator: recorded, shown to the person. */
enum error_code signin_link_create(struct store_session *session, struct application *application,
                                   int64_t org, int64_t person, bool by_operator, int64_t valid_seconds,
                                   struct region *region, struct error *error,
                                   struct slice *ret_token) MUST_CHECK;
/* Inside a write: ends a link that reached nobody. */
enum error_code signin_link_forget(struct store_session *session, struct slice token,
                                   struct error *error) MUST_CHECK;
/* Who a link is for, without spending it. ERROR_GONE, reason "signin-link-over". */
enum error_code signin_link_look(struct store_session *session, struct slice token, int64_t now,
                                 struct error *error, int64_t *ret_org, int64_t *ret_person) MUST_CHECK;
/* Inside a write: spends the link. ERROR_GONE, reason "signin-link-over". */
enum error_code signin_link_spend(struct store_session *session, struct slice token, int64_t now,
                                  struct error *error, int64_t *ret_org, int64_t *ret_person) MUST_CHECK;
/* Inside a write: somebody typed this address and wants a link. The same for an address that nobody has; what is too many
 * is dropped without a word. */
enum error_code signin_wish_add(struct store_session *session, struct application *application,
                                struct slice address, struct error *error) MUST_CHECK;
enum error_code signin_wishes_wait(struct store_session *session, struct error *error,
                                   bool *ret_any) MUST_CHECK;
/* Inside a write: puts a mail into the outbox for every person with a wished address, and forgets the wishes. *ret_count:
 * how many wishes there were. */
enum error_code signin_wishes_grant(struct store_session *session, struct application *application,
                                    struct region *region, struct error *error, size_t *ret_count) MUST_CHECK;
/* Lasts longer for a person without an address. device: web_session_device of the request. */
enum error_code web_session_create(struct store_session *session, int64_t org, int64_t person,
                                   const uint8_t hash[32], struct slice device, int64_t now,
                                   struct error *error) MUST_CHECK;
/* What kind of device a browser says it runs on: "iphone", "ipad", "android", "windows", "mac", "chromeos", "linux" or
 * empty. No more than that is kept of what it says. */
struct slice web_session_device(struct slice user_agent);
enum { WEB_SESSIONS_SHOWN_MAXIMUM = 50 };
struct web_session {
    uint8_t hash[32];         /* of its secret; lets nobody in */
    int64_t started, expires; /* seconds */
    int64_t used_on;          /* begin of a day in UTC; 0: not known */
    struct slice device;
};
/* The newest first, those that ended left out. */
enum error_code web_session_list(struct store_session *session, int64_t org, int64_t person, int64_t now,
                                 struct region *region, struct error *error,
                                 struct web_session ret_sessions[static WEB_SESSIONS_SHOWN_MAXIMUM],
                                 size_t *ret_count) MUST_CHECK;
/* Notes the day, in a write that nobody waits for: when it fails, the day of before stays. */
void web_session_used(struct store *store, const uint8_t hash[32], int64_t day);
enum error_code web_session_end(struct store_session *session, int64_t org, int64_t person,
                                struct error *error) MUST_CHECK; /* all of that person */
/* Inside a write: only that one, when it is this person's. */
enum error_code web_session_end_one(struct store_session *session, int64_t org, int64_t person,
                                    const uint8_t hash[static 32], struct error *error) MUST_CHECK;
/* Inside a write: all of that person but that one. */
enum error_code web_session_end_others(struct store_session *session, int64_t org, int64_t person,
                                       const uint8_t hash[static 32], struct error *error) MUST_CHECK;
/* Links that the operator made and the person was not told of: how many, and when the last. */
enum error_code operator_links_unseen(struct store_session *session, int64_t org, int64_t person,
                                      struct error *error, int64_t *ret_count, int64_t *ret_last) MUST_CHECK;
enum error_code operator_links_mark_seen(struct store_session *session, int64_t org, int64_t person,
                                         struct error *error) MUST_CHECK;
/* Deletes what is over: links, sessions, spent form ids. */
enum error_code people_clean_up(struct store_session *session, int64_t now, struct error *error) MUST_CHECK;

#endif
