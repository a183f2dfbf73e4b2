-- What was changed about an organisation's protection, by whom and when: everybody in it may read that.

CREATE TABLE setting_change (
    org_id BIGINT NOT NULL REFERENCES org (org_id),
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    value_before BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, name, value)
);
