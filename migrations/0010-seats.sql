-- Roles beside those of owner, viewer, leader and member, and every change of a role in the organisation.

CREATE TABLE seat (
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    seat TEXT NOT NULL CHECK (seat IN ('confidant', 'auditor', 'council')),
    since BIGINT NOT NULL,
    PRIMARY KEY (org_id, person_id, seat),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

-- person_id NULL: of somebody who was deleted. by_id NULL: the same, or not a person but the provider of sign-ins, or the first set-up.
CREATE TABLE role_change (
    org_id BIGINT NOT NULL,
    change_number BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'viewer', 'confidant', 'auditor', 'council')),
    given BIGINT NOT NULL CHECK (given IN (0, 1)),
    person_id BIGINT,
    by_id BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, change_number),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id),
    FOREIGN KEY (org_id, by_id) REFERENCES person (org_id, person_id)
);
