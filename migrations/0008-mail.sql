-- Mail that is still to be sent: who, what and when; never a link or a text, which are made when it leaves. A row goes when
-- its mail was sent or is of no use any more.

CREATE TABLE outbox (
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('signin', 'invitation', 'round-open', 'round-middle', 'round-last', 'round-result')),
    round_number BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    over_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (org_id, person_id, kind, round_number),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
CREATE INDEX outbox_due ON outbox (due_at);

-- What mail knows about a person; no row: nothing. asked_*: links asked for on the sign-in page, counted within an hour.
CREATE TABLE mail_recipient (
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    invited BIGINT NOT NULL,
    stopped BIGINT NOT NULL,
    refused_code BIGINT NOT NULL,
    refused_on BIGINT NOT NULL,
    asked_since BIGINT NOT NULL,
    asked_count BIGINT NOT NULL,
    PRIMARY KEY (org_id, person_id),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);

-- When mail about rounds may leave; no row: working days from 8 to 18 by the clock of the machine.
CREATE TABLE mail_hours (
    org_id BIGINT NOT NULL PRIMARY KEY REFERENCES org (org_id),
    time_zone TEXT NOT NULL,
    from_hour BIGINT NOT NULL,
    until_hour BIGINT NOT NULL,
    weekends BIGINT NOT NULL
);

-- What somebody typed on the sign-in page, for the seconds until mail looks whether anybody has that address: so the page
-- does the same for all.
CREATE TABLE signin_wish (
    wish_id BIGINT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    asked_at BIGINT NOT NULL
);
