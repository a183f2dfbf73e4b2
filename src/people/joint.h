/* Joint groups: two to four teams with fewer than 5 members each that are measured together, as one team of its own. That
 * team has no list: everybody of its parts belongs to it, and who leads one of them leads there and does not answer. Its
 * parts are not asked while the group lasts, so no figure of a part exists. Uses: people.
 *
 * A group is proposed by the leader of one team (or an owner), begins when the leader of every other team has said yes
 * (for a team without a leader: an owner), and ends for all when one leaves. A round that is open stays as it is; both take
 * effect with the next one. Who of a team agreed is not kept: its leader. */
#ifndef HECHT_PEOPLE_JOINT_H
#define HECHT_PEOPLE_JOINT_H

#include "people/people.h"

enum { JOINT_PARTS_MAXIMUM = 4, JOINT_CHOICES_MAXIMUM = 50 };

enum joint_state { JOINT_NONE = 0, JOINT_PROPOSED, JOINT_FIXED, JOINT_OVER };

struct joint_part {
    int64_t team, members;
    struct slice name;
    bool agreed;
};
struct joint {
    enum joint_state state;
    int64_t id;
    int64_t team; /* of the group itself; 0 while it is proposed */
    struct slice name;
    int64_t since; /* of its state, seconds */
    struct joint_part parts[JOINT_PARTS_MAXIMUM];
    size_t count;
};

/* The group that a team is a part of now, or that is proposed to it. */
enum error_code joint_of_part(struct store_session *session, int64_t org, int64_t team, struct region *region,
                              struct error *error, struct joint *ret_joint) MUST_CHECK;
/* The group of which this is the team, also when it is over. */
enum error_code joint_of_team(struct store_session *session, int64_t org, int64_t team, struct region *region,
                              struct error *error, struct joint *ret_joint) MUST_CHECK;
/* Teams that can be asked: small, with members, in no group. Those of the same unit first. */
enum error_code joint_choices(struct store_session *session, int64_t org, const struct team *team,
                              struct region *region, struct error *error,
                              struct team ret_teams[static JOINT_CHOICES_MAXIMUM],
                              size_t *ret_count) MUST_CHECK;
/* "A, B": the names of its teams but one. */
struct slice joint_part_names(const struct joint *joint, int64_t without, struct region *region);

/* ---- Inside a write. `by`: who does it, who leads the team or is an owner ------------------------------ */

/* ERROR_INPUT "joint-nobody"; ERROR_CONFLICT "joint-taken" (a team is in a group, or is none that could be in one),
 * "joint-not-small", "joint-too-few" (fewer than 5 people together). */
enum error_code joint_propose(struct store_session *session, struct application *application, int64_t org,
                              int64_t team, const int64_t *others, size_t count, int64_t by,
                              struct error *error) MUST_CHECK;
/* ERROR_GONE "joint-over" when nothing is proposed any more; ERROR_DENIED "joint-leader-needed" for an owner when the team
 * has a leader; what joint_propose refuses. */
enum error_code joint_agree(struct store_session *session, struct application *application, int64_t org,
                            int64_t team, int64_t by, struct error *error) MUST_CHECK;
/* No to a proposal, or taking it back: it is forgotten. */
enum error_code joint_decline(struct store_session *session, int64_t org, int64_t team,
                              struct error *error) MUST_CHECK;
/* Ends the group for all its teams. */
enum error_code joint_leave(struct store_session *session, int64_t org, int64_t team, int64_t now,
                            struct error *error) MUST_CHECK;

#endif
