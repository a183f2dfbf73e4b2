-- Small teams that are measured together.

-- A group is proposed, then fixed (it has a team of its own then, which has no roles of its own), then ended.
CREATE TABLE joint_group (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    group_id BIGINT NOT NULL,
    team_id BIGINT,
    proposed_at BIGINT NOT NULL,
    fixed_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (org_id, group_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);
CREATE INDEX joint_group_team ON joint_group (org_id, team_id);

-- agreed_at NULL: the leader of this team has not said yes yet.
CREATE TABLE joint_part (
    org_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    agreed_at BIGINT,
    PRIMARY KEY (org_id, group_id, team_id),
    FOREIGN KEY (org_id, group_id) REFERENCES joint_group (org_id, group_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);
CREATE INDEX joint_part_team ON joint_part (org_id, team_id);

-- The teams that are measured as part of a group, and the team of that group.
CREATE VIEW joint_now AS SELECT p.org_id AS org_id, p.team_id AS team_id, g.team_id AS joint_team_id
    FROM joint_part p JOIN joint_group g ON g.org_id = p.org_id AND g.group_id = p.group_id
    WHERE g.fixed_at IS NOT NULL AND g.ended_at IS NULL;

-- Who belongs to the team of a group: everybody of its parts, once. Who leads one of them leads and does not answer.
CREATE VIEW joint_place AS SELECT g.org_id AS org_id, g.team_id AS team_id, r.person_id AS person_id, r.role AS role
    FROM joint_group g JOIN joint_part p ON p.org_id = g.org_id AND p.group_id = g.group_id
    JOIN team_role r ON r.org_id = p.org_id AND r.team_id = p.team_id
    WHERE g.team_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM joint_part q
        JOIN team_role s ON s.org_id = q.org_id AND s.team_id = q.team_id
        WHERE q.org_id = g.org_id AND q.group_id = g.group_id AND s.person_id = r.person_id
        AND (s.role < r.role OR (s.role = r.role AND s.team_id < r.team_id)));

-- The one person who leads every part of a group and beside whom nobody leads any.
CREATE VIEW joint_leader AS SELECT g.org_id AS org_id, g.team_id AS team_id, r.person_id AS person_id
    FROM joint_group g JOIN joint_part p ON p.org_id = g.org_id AND p.group_id = g.group_id
    JOIN team_role r ON r.org_id = p.org_id AND r.team_id = p.team_id AND r.role = 'leader'
    WHERE g.team_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM joint_part q WHERE q.org_id = g.org_id AND q.group_id = g.group_id
        AND (q.team_id < p.team_id
            OR EXISTS (SELECT 1 FROM team_role s WHERE s.org_id = q.org_id AND s.team_id = q.team_id
                AND s.role = 'leader' AND s.person_id <> r.person_id)
            OR NOT EXISTS (SELECT 1 FROM team_role s WHERE s.org_id = q.org_id AND s.team_id = q.team_id
                AND s.role = 'leader' AND s.person_id = r.person_id)));
