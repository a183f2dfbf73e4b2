-- Whose account at a provider of sign-ins (OpenID Connect) is whose, from the first sign-in on: an address that is given to
-- somebody else later opens nothing. Looked up before the organisation is known, so org_id does not come first.

CREATE TABLE openid_account (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    tied_at BIGINT NOT NULL,
    made_viewer BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (org_id, person_id, issuer),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
