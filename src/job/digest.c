#include "job/digest.h"

#include "promise/promise.h"
#include "pulse/round.h"

struct finding {
    struct store_session *session;
    int64_t org, now;
    struct region *region;
    struct error *error;
    struct digest *digest;
};

static void add(struct digest *digest, enum digest_kind kind, struct slice team, int64_t at)
{
    digest->more = digest->more || digest->count == DIGEST_LINES_MAXIMUM;
    if (digest->count < DIGEST_LINES_MAXIMUM)
        digest->lines[digest->count++] = (struct digest_line){kind, team, at};
}

/* A part that was closed by hand closed with its round, before its time. */
static enum error_code closed_at(const struct finding *finding, const struct team_round *part,
                                 int64_t *ret_at)
{
    struct round *rounds;
    size_t count;
    *ret_at = part->closes_at;
    TRY(round_list(finding->session, finding->org, finding->region, finding->error, &rounds, &count));
    for (size_t i = 0; i < count; i++)
        if (rounds[i].number == part->round_number && rounds[i].closed && rounds[i].closed_at < *ret_at)
            *ret_at = rounds[i].closed_at;
    return OK;
}

static enum error_code find_round(const struct finding *finding, const struct team *team)
{
    struct team_round part;
    bool found;
    int64_t at;
    TRY(team_round_latest(finding->session, finding->org, team->id, false, finding->region, finding->error,
                          &found, &part));
    if (!found)
        return OK;
    if (part.open) {
        if (part.closes_at > finding->now)
            add(finding->digest, DIGEST_ROUND_OPEN, team->name, part.closes_at);
        return OK;
    }
    TRY(closed_at(finding, &part, &at));
    if (at <= finding->now && at > finding->now - DIGEST_SECONDS)
        add(finding->digest, DIGEST_RESULT, team->name, at);
    return OK;
}

static enum error_code find_promises(const struct finding *finding, const struct team *team)
{
    struct promise *promises;
    size_t count;
    TRY(promise_list(finding->session, finding->org, team->id, finding->region, finding->error, &promises,
                     &count));
    for (size_t i = 0; i < count; i++)
        if (promises[i].due_at >= finding->now && promises[i].due_at < finding->now + DIGEST_SECONDS)
            add(finding->digest, DIGEST_PROMISE, team->name, promises[i].due_at);
    return OK;
}

enum error_code digest_find(struct store_session *session, int64_t org, int64_t person, int64_t now,
                            struct region *region, struct error *error, struct digest *ret_digest)
{
    static const enum team_role roles[] = {TEAM_ROLE_LEADER, TEAM_ROLE_MEMBER};
    struct finding finding = {session, org, now, region, error, ret_digest};
    *ret_digest = (struct digest){0};
    for (size_t r = 0; r < COUNT_OF(roles); r++) {
        struct team *teams;
        size_t count;
        TRY(team_list_of_person(session, org, person, roles[r], region, error, &teams, &count));
        for (size_t i = 0; i < count; i++) {
            TRY(find_round(&finding, &teams[i]));
            TRY(find_promises(&finding, &teams[i]));
        }
    }
    return OK;
}
