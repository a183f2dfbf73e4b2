-- Coming in without mail or account: by a team's join link, after somebody who looks after the team's list said yes, or by a card.

-- One a team. The words are no key: what they open is a question to join. So they are kept as they are, to be shown again.
CREATE TABLE join_link (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    words TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, team_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);

-- A card lets one person in, once. Which person used which is not kept. Looked up by the hash of a secret.
CREATE TABLE join_card (
    card_hash BYTEA NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    used BIGINT NOT NULL CHECK (used IN (0, 1)),
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id)
);
CREATE INDEX join_card_team ON join_card (org_id, team_id);

-- Who asked to join and waits for an answer.
CREATE TABLE join_request (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, team_id, person_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, team_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
CREATE INDEX join_request_person ON join_request (org_id, person_id);
