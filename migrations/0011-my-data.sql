-- A person can be deleted: what must stay for others loses the name. And a list of one's own sessions says which is which.

-- device: what kind of device began it ('iphone', 'windows', ...; '': not known). used_on: begin of the day of its last use.
ALTER TABLE web_session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE web_session ADD COLUMN used_on BIGINT NOT NULL DEFAULT 0;

-- Made anew, since SQLite cannot take NOT NULL away: person_id NULL is somebody who was deleted.
ALTER TABLE promise RENAME TO promise_before;
CREATE TABLE promise (
    org_id BIGINT NOT NULL,
    promise_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    person_id BIGINT,
    text TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, promise_id),
    UNIQUE (org_id, team_id, round_number),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
INSERT INTO promise (org_id, promise_id, team_id, round_number, person_id, text, due_at, made_at)
    SELECT org_id, promise_id, team_id, round_number, person_id, text, due_at, made_at FROM promise_before;
DROP TABLE promise_before;

ALTER TABLE setting_change RENAME TO setting_change_before;
CREATE TABLE setting_change (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    change_number BIGINT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    value_before BIGINT NOT NULL,
    person_id BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, change_number)
);
INSERT INTO setting_change (org_id, change_number, name, value, value_before, person_id, changed_at)
    SELECT org_id, change_number, name, value, value_before, person_id, changed_at FROM setting_change_before;
DROP TABLE setting_change_before;

ALTER TABLE comment_removal RENAME TO comment_removal_before;
CREATE TABLE comment_removal (
    org_id BIGINT NOT NULL,
    round_number BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    comment_id BYTEA NOT NULL,
    person_id BIGINT,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, round_number, team_id, comment_id),
    FOREIGN KEY (org_id, round_number, team_id) REFERENCES team_round (org_id, round_number, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
INSERT INTO comment_removal (org_id, round_number, team_id, comment_id, person_id, removed_at)
    SELECT org_id, round_number, team_id, comment_id, person_id, removed_at FROM comment_removal_before;
DROP TABLE comment_removal_before;

-- With the table that refers to it.
ALTER TABLE witness_line RENAME TO witness_line_before;
ALTER TABLE witness RENAME TO witness_before;
CREATE TABLE witness (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    name TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    person_id BIGINT,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, name),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
CREATE TABLE witness_line (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    entries BIGINT NOT NULL,
    line TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, team_id, name),
    FOREIGN KEY (org_id, name) REFERENCES witness (org_id, name),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);
INSERT INTO witness (org_id, name, public_key, person_id, added_at)
    SELECT org_id, name, public_key, person_id, added_at FROM witness_before;
INSERT INTO witness_line (org_id, team_id, name, entries, line, signed_at)
    SELECT org_id, team_id, name, entries, line, signed_at FROM witness_line_before;
DROP TABLE witness_line_before;
DROP TABLE witness_before;
