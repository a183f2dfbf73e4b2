-- Comments: free text of a round, apart from answers in key, token, table and time. Off until an owner turns them on.

ALTER TABLE org ADD COLUMN comments BIGINT NOT NULL DEFAULT 0;

-- The private key that signs tokens for comments, wrapped; NULL when the round takes none, and after the close.
ALTER TABLE team_round ADD COLUMN sealed_comment_key BYTEA;

-- That a member fetched a signature for a comment: every browser does, whether its owner will write one or not.
CREATE TABLE comment_issuance (
    org_id BIGINT NOT NULL,
    rid BYTEA NOT NULL,
    person_id BIGINT NOT NULL,
    blinded_hash BYTEA NOT NULL,
    PRIMARY KEY (org_id, rid, person_id)
) /*WITHOUT ROWID*/;

-- Sealed comments of open rounds, all of one size, keyed by SHA-256 of a one-time key that no answer has.
CREATE TABLE sealed_comment (
    org_id BIGINT NOT NULL,
    rid BYTEA NOT NULL,
    comment_id BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (org_id, rid, comment_id)
) /*WITHOUT ROWID*/;

-- After the close, of rounds that ten or more answered: in the order of ids that are random, until a day.
CREATE TABLE team_comment (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    comment_id BYTEA NOT NULL,
    text TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id, comment_id),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id)
) /*WITHOUT ROWID*/;
CREATE INDEX team_comment_until ON team_comment (until);

-- That somebody took a comment away, by name; never what stood there.
CREATE TABLE comment_removal (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    comment_id BYTEA NOT NULL,
    person_id BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id, comment_id),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

-- Comments may be turned on and off again: a change is known by its number, no longer by its value.
ALTER TABLE setting_change RENAME TO setting_change_by_value;
CREATE TABLE setting_change (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    change_number BIGINT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    value_before BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, change_number)
);
INSERT INTO setting_change (org_id, change_number, name, value, value_before, person_id, changed_at)
    SELECT org_id, value, name, value, value_before, person_id, changed_at FROM setting_change_by_value;
DROP TABLE setting_change_by_value;
