-- Which rounds of a team have open cells: later ones are set against them. Of rounds before, those that could have: few teams too
-- many rather than one too few.
ALTER TABLE team_round ADD COLUMN cells_open BIGINT NOT NULL DEFAULT 0;
UPDATE team_round SET cells_open = 1 WHERE state = 'closed' AND roster_count >= 10;
