-- The published ledger: a log per team, keys that are fixed before anybody asks, and what a close publishes.

-- Entries in the order in which they came. leaf: their RFC 6962 hash, in front, so that reading leaves does not read
-- entries.
CREATE TABLE team_log (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    entry_index BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (org_id, team_id, entry_index),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);

-- The newest signed checkpoint of each log, and what is needed to append to it. Older checkpoints follow from the
-- leaves: the signature is deterministic.
CREATE TABLE team_log_head (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    peaks BYTEA NOT NULL,
    checkpoint TEXT NOT NULL,
    PRIMARY KEY (org_id, team_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);

-- The key of a team's next round. committed_by: index of the close entry that fixed it; NULL before that close.
CREATE TABLE next_key (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    spki BYTEA NOT NULL,
    sealed_private_key BYTEA NOT NULL,
    committed_by BIGINT,
    PRIMARY KEY (org_id, team_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);

-- Places of a round in its team's log; NULL for rounds that were opened before there was one.
ALTER TABLE team_round ADD COLUMN opening_index BIGINT;
ALTER TABLE team_round ADD COLUMN close_index BIGINT;

-- What is published of one team's round after its close, without the log.
CREATE TABLE round_record (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    record BYTEA NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id)
);

-- What opens a member's own leaf of the issuance tree, for some weeks after the close; then only the hash is left.
CREATE TABLE issuance_leaf (
    org_id BIGINT NOT NULL,
    rid BYTEA NOT NULL,
    person_id BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    blinded_hash BYTEA,
    device_signature BYTEA,
    until BIGINT NOT NULL,
    PRIMARY KEY (org_id, rid, person_id)
) /*WITHOUT ROWID*/;
CREATE INDEX issuance_leaf_until ON issuance_leaf (until);

-- Public keys of members' devices, which sign requests for tokens.
CREATE TABLE device (
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    point BYTEA NOT NULL,
    PRIMARY KEY (org_id, person_id, point),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
