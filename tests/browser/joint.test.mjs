// Small teams measured together, by requests alone: proposed, agreed, seen by members, one answer page, left.
import assert from 'node:assert/strict';
import test from 'node:test';

import {claim, database, openRound, signIn, sql, start, temporaryFolder} from './hecht.mjs';

const ROWS = ['E-mail,Name,Team,Role', ...['North', 'South'].flatMap((team) => ['leader', 'member', 'member', 'member'].map((role, i) =>
  `${team.toLowerCase()}${i}@example.org,${team} ${i},${team},${role}`))].join('\n');

for (const engine of ['sqlite', 'postgres'])
  test(`small teams together, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']), {url} = server;
    const {owner} = await claim(server, {leads: 'other', leader: 'lee@example.org'});
    const preview = await owner.submit('/people/import', '/people/import', {file: ROWS});
    assert.match(preview.text, /measured together/);
    await owner.submit(preview, '/people/import/apply');
    const id = (name) => sql(address, `SELECT team_id FROM team WHERE name = '${name}'`);
    const north = `/teams/${id('North')}`, south = `/teams/${id('South')}`;
    const as = (who) => signIn(folder, url, `${who}@example.org`);
    const [leader, other, member] = [await as('north0'), await as('south0'), await as('south1')];

    await t.test('one leader proposes, and mistakes are told', async () => {
      assert.match((await leader.page(north)).text, new RegExp(`href="${north}/together"`));
      const empty = await leader.submit(`${north}/together`, '/together', {});
      assert.equal(empty.status, 422);
      assert.match(empty.text, /Choose one, two or three/);
      assert.equal((await member.page(`${south}/together`)).status, 403);
      await leader.submit(`${north}/together`, '/together', {'with[]': id('South')});
      assert.match((await leader.page(`${north}/together`)).text, /No answer yet/);
      assert.match((await member.page(south)).text, /It is proposed to measure this team together with North/);
    });
    await t.test('an owner cannot say yes for a leader', async () => {
      const page = await owner.page(`${south}/together`);
      assert.doesNotMatch(page.text, /Yes, together/);
    });
    await t.test('the other leader says yes', async () => {
      await other.submit(`${south}/together`, '/together/answer', {answer: 'yes'});
      const text = (await member.page(south)).text;
      assert.match(text, /This team is measured together with North/);
      assert.match(text, new RegExp(`href="/teams/${id('North + South')}"`));
    });
    await t.test('the group is asked; its list is nobody\'s to change', async () => {
      const group = `/teams/${id('North + South')}`;
      assert.equal((await owner.page(`${group}/joining`)).status, 409);
      assert.match((await owner.page(`/people/team/${id('North + South')}`)).text, /follows from the lists of its teams: North, South/);
      await openRound(owner);
      assert.equal(sql(address, `SELECT roster_count FROM team_round WHERE team_id = ${id('North + South')}`), '6');
      assert.equal(sql(address, `SELECT count(*) FROM team_round WHERE team_id IN (${id('North')}, ${id('South')})`), '0');
      assert.equal(new URL((await member.page('/')).url).pathname, `${group}/answer`);
      assert.match((await leader.page(group)).text, /One result of these teams together: North, South/);
      assert.equal((await leader.page(`${group}/answer`)).status, 403);
      assert.match((await owner.submit('/people/import', '/people/import', {file: 'E-mail,Team\nx@example.org,North + South'})).text, /is a joint group/);
    });
    await t.test('leaving ends it for both', async () => {
      await leader.submit(`${north}/together`, '/together/leave');
      assert.match((await member.page(`/teams/${id('North + South')}`)).text, /This group has ended/);
      assert.doesNotMatch((await member.page(south)).text, /measured together with/);
    });
  });
