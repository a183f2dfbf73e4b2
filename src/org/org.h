/* The installation and its organisations: what a running Hecht is (`struct application`), how it is claimed,
 * and what is decided once for an organisation. Uses no other feature. */
#ifndef HECHT_ORG_ORG_H
#define HECHT_ORG_ORG_H

#include "base/base.h"
#include "privacy/blind.h"
#include "privacy/seal.h"
#include "privacy/signature.h"
#include "store/store.h"

/* Everything that lives as long as the program. Made by the commands (cli), handed to features. */
struct application {
    struct store *store;
    const struct clock *clock;
    struct random *random;
    struct seal_key key;             /* of the key file */
    struct blind_key_pool *key_pool; /* may be NULL: then keys are made when they are needed */
    struct cache *open_rounds;       /* pulse/open_round.h */
    struct cache *team_results;      /* insight/team_result.h; may be NULL: then they are made each time */
    _Atomic bool claimed;
    char claim_hash[65]; /* of the claim link that this process printed; empty: none that still works */
    bool shows_links;    /* the demo: sign-in links may stand in clear */
    bool mail_on;        /* mail leaves from here: events write to the outbox */
    void (*mail_wake)(void *context); /* something may have to leave at once; NULL: it waits for its turn */
    void *mail_waker;
    struct openid_provider *openid; /* who signs people in as well; NULL: nobody does */
    /* Which teams wait for an answer of a person; pulse supplies it, since people may not know rounds. NULL:
     * none do. */
    enum error_code (*teams_waiting)(struct store_session *session, int64_t org, int64_t person,
                                     struct region *region, struct error *error, int64_t **ret_teams,
                                     size_t *ret_count);
};

enum {
    ORG_NAME_MAXIMUM = 120,
    ORG_RHYTHM_DAYS = 28,
    ORG_ROUND_DAYS = 7,
    ORG_EXTENSION_DAYS = 4,
};

enum org_kind { ORG_REAL = 1, ORG_EXAMPLE, ORG_IMPORTED };

struct org {
    int64_t id;
    struct slice name;
    enum org_kind kind;
    struct slice language; /* "nl" or "en" */
    int64_t k;
    int64_t rhythm_days, round_days, extension_days;
    int64_t next_opens_at; /* seconds; 0: no round is planned */
    bool comments;         /* rounds take comments, from the next one on */
    uint8_t log_public[LOG_PUBLIC_BYTES];
    struct slice log_seed_sealed;
};

/* Names of organisations, teams and persons: trimmed, 1..maximum bytes, no control characters. */
enum error_code name_check(struct slice name, size_t maximum, const char *reason, struct error *error,
                           struct slice *ret_name) MUST_CHECK;

/* After a write that put something into the outbox. */
static inline void application_wake_mail(const struct application *application)
{
    if (application->mail_wake != NULL)
        application->mail_wake(application->mail_waker);
}

/* ---- Claim ------------------------------------------------------------------------------------------------
 */

/* Opens the key file beside the database (or HECHT_KEY_FILE) and checks that it is the one the database was
 * made with: ERROR_CRYPTO, reason "key-file-other". Fills application->key and application->claimed. */
enum error_code installation_open(struct application *application, const char *key_path,
                                  struct error *error) MUST_CHECK;
/* Another process on the same database may have been claimed meanwhile, or may have made a newer claim link: looks
 * again while this one is not claimed. *ret_superseded: the link of this process ended just now. */
enum error_code installation_look_again(struct application *application, struct store_session *session,
                                        struct error *error, bool *ret_superseded) MUST_CHECK;
/* A new claim token; earlier ones end. Base64url text in the region. */
enum error_code installation_claim_token(struct application *application, struct region *region,
                                         struct error *error, struct slice *ret_token) MUST_CHECK;
/* Inside a write: OK when the token is the current one and nobody has claimed; ERROR_NOT_FOUND otherwise. */
enum error_code installation_check_token(struct store_session *session, struct slice token,
                                         struct error *error) MUST_CHECK;
/* Inside a write: from now on the installation is claimed. The caller sets application->claimed after the
 * commit. */
enum error_code installation_mark_claimed(struct store_session *session, struct error *error) MUST_CHECK;

enum { URL_MAXIMUM = 300 };
/* Notes the address under which this installation is served, for commands that make links. */
enum error_code installation_note_url(struct application *application, struct slice url,
                                      struct error *error) MUST_CHECK;
/* The address noted last; empty when it was never served. */
enum error_code installation_url(struct application *application, struct region *region, struct error *error,
                                 struct slice *ret_url) MUST_CHECK;

/* ---- Organisations ----------------------------------------------------------------------------------------
 */

/* Inside a write. Makes id and log key. ERROR_CONFLICT, reason "org-name-taken". */
enum error_code org_create(struct store_session *session, struct application *application, struct slice name,
                           enum org_kind kind, struct slice language, int64_t rhythm_days,
                           int64_t next_opens_at, struct error *error, int64_t *ret_org) MUST_CHECK;
enum error_code org_load(struct store_session *session, int64_t org, struct region *region,
                         struct error *error, struct org *ret_org) MUST_CHECK;
/* ERROR_NOT_FOUND, reason "org-unknown". */
enum error_code org_find(struct store_session *session, struct slice name, struct error *error,
                         int64_t *ret_org) MUST_CHECK;
/* Ids of all organisations, oldest first. */
enum { ORGS_MAXIMUM = 10000 };
enum error_code org_list(struct store_session *session, struct region *region, struct error *error,
                         int64_t **ret_orgs, size_t *ret_count) MUST_CHECK;
/* Inside a write. 0: none is planned. */
enum error_code org_plan_next(struct store_session *session, int64_t org, int64_t next_opens_at,
                              struct error *error) MUST_CHECK;
/* The way from the claim to the first round. Kept is the last step that was finished; an organisation that never began has them
 * all behind it. */
enum welcome_step { WELCOME_NAME = 1, WELCOME_TEAM, WELCOME_RHYTHM, WELCOME_PROMISE, WELCOME_SEND };
enum error_code org_welcome_load(struct store_session *session, int64_t org, struct error *error,
                                 enum welcome_step *ret_reached) MUST_CHECK;
/* Inside a write. Never goes back. */
enum error_code org_welcome_reach(struct store_session *session, int64_t org, enum welcome_step step,
                                  struct error *error) MUST_CHECK;
/* The organisation's log key, unsealed: wipe it. */
enum error_code org_log_seed(const struct application *application, int64_t org, struct slice seed_sealed,
                             struct region *region, struct error *error,
                             uint8_t ret_seed[static LOG_SEED_BYTES]) MUST_CHECK;
/* The same, ready to sign receipts; the caller frees it. */
enum error_code org_log_key(const struct application *application, int64_t org, struct slice seed_sealed,
                            struct region *region, struct error *error, struct log_key **ret_key) MUST_CHECK;

/* Inside a write: spends a one-time form id. ERROR_CONFLICT, reason "form-sent-twice", when it was spent. */
enum error_code form_spend(struct store_session *session, int64_t org, const uint8_t once_id[16], int64_t now,
                           struct error *error) MUST_CHECK;

#endif
