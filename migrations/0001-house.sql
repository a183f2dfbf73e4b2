-- The house: organisations, people, rounds, answers, results, promises.
-- One text for both engines; on SQLite BYTEA becomes BLOB, and the WITHOUT ROWID comment becomes real.
-- org_id is the first column of every key, but for what is looked up by a secret before the organisation is known.

CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE org (
    org_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('real', 'example', 'imported')),
    language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
    k BIGINT NOT NULL CHECK (k >= 5),
    rhythm_days BIGINT NOT NULL CHECK (rhythm_days BETWEEN 7 AND 365),
    round_days BIGINT NOT NULL CHECK (round_days BETWEEN 1 AND 60),
    extension_days BIGINT NOT NULL CHECK (extension_days BETWEEN 0 AND 60),
    next_opens_at BIGINT,
    log_public BYTEA NOT NULL,
    log_seed_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE unit (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    unit_id BIGINT NOT NULL,
    parent_id BIGINT,
    name TEXT NOT NULL,
    PRIMARY KEY (org_id, unit_id),
    FOREIGN KEY (org_id, parent_id) REFERENCES unit (org_id, unit_id)
);

CREATE TABLE team (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    team_id BIGINT NOT NULL,
    unit_id BIGINT,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, team_id),
    UNIQUE (org_id, name),
    FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, unit_id)
);

CREATE TABLE person (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    person_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, person_id),
    UNIQUE (org_id, address)
);

CREATE TABLE org_role (
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'viewer')),
    PRIMARY KEY (org_id, person_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

CREATE TABLE team_role (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('leader', 'member')),
    since BIGINT NOT NULL,
    PRIMARY KEY (org_id, team_id, person_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
CREATE UNIQUE INDEX team_role_leader ON team_role (org_id, team_id) WHERE role = 'leader';
CREATE INDEX team_role_person ON team_role (org_id, person_id);

-- Looked up by the hash of a secret.
CREATE TABLE signin_link (
    link_hash BYTEA NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    by_operator BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

CREATE TABLE web_session (
    session_hash BYTEA NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
CREATE INDEX web_session_person ON web_session (org_id, person_id);

-- Links that the operator of the machine made for a person; shown to that person until seen.
CREATE TABLE operator_link (
    org_id BIGINT NOT NULL,
    link_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (org_id, link_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

CREATE TABLE form_spent (
    org_id BIGINT NOT NULL,
    once_id BYTEA NOT NULL,
    spent_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, once_id)
);

CREATE TABLE round (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    round_number BIGINT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('pulse', 'full', 'imported')),
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    extended_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (org_id, round_number)
);
CREATE INDEX round_due ON round (state, closes_at);

-- What one team's round is. sealed_* are the private key and the data key, wrapped by the installation key; the
-- close deletes them together with the bodies.
CREATE TABLE team_round (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    rid BYTEA NOT NULL UNIQUE,
    descriptor BYTEA NOT NULL,
    leader_id BIGINT,
    roster_count BIGINT NOT NULL,
    promise_id BIGINT,
    state TEXT NOT NULL CHECK (state IN ('open', 'extended', 'closed')),
    sealed_private_key BYTEA,
    sealed_data_key BYTEA,
    guess_shown BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id),
    FOREIGN KEY (org_id, round_number) REFERENCES round (org_id, round_number),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);
CREATE INDEX team_round_team ON team_round (org_id, team_id, round_number);

-- Who may answer: fixed at the opening.
CREATE TABLE roster (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id, person_id),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id)
);
-- With team_id, so that SQLite need not look at the table and prefers it to walking through the organisation's rosters.
CREATE INDEX roster_person ON roster (org_id, person_id, round_number, team_id);

-- That a member fetched a signature, and on which blinded bytes. Never what was answered.
CREATE TABLE issuance (
    org_id BIGINT NOT NULL,
    rid BYTEA NOT NULL,
    person_id BIGINT NOT NULL,
    blinded_hash BYTEA NOT NULL,
    device_signature BYTEA,
    PRIMARY KEY (org_id, rid, person_id)
) /*WITHOUT ROWID*/;

-- Sealed bodies of open rounds, keyed by SHA-256 of the one-time key: no person, time, order or address.
CREATE TABLE sealed_answer (
    org_id BIGINT NOT NULL,
    rid BYTEA NOT NULL,
    answer_id BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (org_id, rid, answer_id)
) /*WITHOUT ROWID*/;

-- The leader's own guess of each anchor.
CREATE TABLE guess (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    item TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id, item),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id)
);

-- Results: only of groups that are shown. group_id is a team, a unit, or the organisation itself.
CREATE TABLE result_group (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    group_kind TEXT NOT NULL CHECK (group_kind IN ('team', 'unit', 'org')),
    group_id BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    leaders BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, group_kind, group_id)
);
CREATE INDEX result_group_history ON result_group (org_id, group_kind, group_id, round_number);

-- One question of one shown group. counts: answers per option, lowest first, separated by blanks; NULL with a reason
-- when the question is not shown.
CREATE TABLE result_item (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    group_kind TEXT NOT NULL,
    group_id BIGINT NOT NULL,
    item TEXT NOT NULL,
    construct TEXT NOT NULL,
    reason TEXT NOT NULL,
    lowest BIGINT NOT NULL,
    counts TEXT,
    PRIMARY KEY (org_id, round_number, group_kind, group_id, item),
    FOREIGN KEY (org_id, round_number, group_kind, group_id)
        REFERENCES result_group (org_id, round_number, group_kind, group_id)
);

-- One construct of one shown group. mean: mean of the item means. Sums are those of person scores times
-- score_scale, exact integers.
CREATE TABLE result_construct (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    group_kind TEXT NOT NULL,
    group_id BIGINT NOT NULL,
    construct TEXT NOT NULL,
    reason TEXT NOT NULL,
    n BIGINT,
    mean DOUBLE PRECISION,
    score_n BIGINT,
    score_sum BIGINT,
    score_sum_squares BIGINT,
    score_scale BIGINT,
    PRIMARY KEY (org_id, round_number, group_kind, group_id, construct),
    FOREIGN KEY (org_id, round_number, group_kind, group_id)
        REFERENCES result_group (org_id, round_number, group_kind, group_id)
);

-- What follows from all shown teams of a round together. mu and the variances are NULL with a reason when fewer than
-- ten teams are shown or no team differences can be detected. person_variance: noise of one answer between two
-- occasions (H = person_variance / n), level_variance_per_day: q; both from the shown history of all teams.
CREATE TABLE result_pool (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    construct TEXT NOT NULL,
    within_variance DOUBLE PRECISION,
    within_df BIGINT NOT NULL,
    teams BIGINT NOT NULL,
    reason TEXT NOT NULL,
    mu DOUBLE PRECISION,
    se_mu DOUBLE PRECISION,
    tau2 DOUBLE PRECISION,
    sigma2 DOUBLE PRECISION,
    person_variance DOUBLE PRECISION,
    level_variance_per_day DOUBLE PRECISION,
    noise_estimated BIGINT NOT NULL,
    level_estimated BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, construct)
);

-- Item cross-products over the organisation's shown teams (part 0) and over random groups of them (part 1..20), for
-- reliabilities and jackknife intervals. NULL sums where 1..k-1 people would stand apart.
CREATE TABLE result_cross (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    part BIGINT NOT NULL,
    item_a TEXT NOT NULL,
    item_b TEXT NOT NULL,
    n BIGINT,
    sum_a BIGINT,
    sum_b BIGINT,
    sum_ab BIGINT,
    PRIMARY KEY (org_id, round_number, part, item_a, item_b)
);

CREATE TABLE promise (
    org_id BIGINT NOT NULL,
    promise_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, promise_id),
    UNIQUE (org_id, team_id, round_number),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
