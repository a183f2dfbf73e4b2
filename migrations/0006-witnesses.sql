-- Witnesses: keys of others (a works council, another installation) who sign what they have seen of the logs, so that nobody
-- can be shown another history. Added by owners, never taken away, seen by everybody.

CREATE TABLE witness (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    name TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    person_id BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, name),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

-- The newest signature of each witness on a team's log; entries: how long the log was.
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
