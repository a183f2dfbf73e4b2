-- Questionnaires that an organisation brought itself. Kept for good, also when retired: rounds were asked with them.

CREATE TABLE questionnaire (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    person_id BIGINT, -- NULL: of somebody who was deleted
    uploaded_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (org_id, hash),
    UNIQUE (org_id, name, version),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

-- SHA-256 of the file. What the next round asks, and what a round asked; NULL: the questionnaire of the program.
ALTER TABLE org ADD COLUMN questionnaire BYTEA;
ALTER TABLE round ADD COLUMN questionnaire BYTEA;

-- The name of what was chosen, where value is its version.
ALTER TABLE setting_change ADD COLUMN chosen TEXT NOT NULL DEFAULT '';
