-- Two people may lead a team together, and somebody may stand in for a while.

DROP INDEX team_role_leader;
CREATE INDEX team_role_leader ON team_role (org_id, team_id) WHERE role = 'leader';

-- until NULL: until somebody ends it. A deputy may be a member of the team, too, and goes on answering then.
CREATE TABLE team_deputy (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    PRIMARY KEY (org_id, team_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
CREATE INDEX team_deputy_person ON team_deputy (org_id, person_id);

-- What a deputy promises stands there as that.
ALTER TABLE promise ADD COLUMN by_deputy BIGINT NOT NULL DEFAULT 0;

-- The record of roles takes deputies, with their team. Its roles stand in a CHECK, which SQLite cannot change in place.
CREATE TABLE role_change_new (
    org_id BIGINT NOT NULL,
    change_number BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'viewer', 'confidant', 'auditor', 'council', 'deputy')),
    given BIGINT NOT NULL CHECK (given IN (0, 1)),
    team_id BIGINT,
    person_id BIGINT,
    by_id BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, change_number),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id),
    FOREIGN KEY (org_id, by_id) REFERENCES person (org_id, person_id)
);
INSERT INTO role_change_new (org_id, change_number, role, given, team_id, person_id, by_id, changed_at)
    SELECT org_id, change_number, role, given, NULL, person_id, by_id, changed_at FROM role_change;
DROP TABLE role_change;
ALTER TABLE role_change_new RENAME TO role_change;
