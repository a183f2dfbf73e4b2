// `hecht serve` through the clock's opening, extension and closing, with the real program and the real clock: the database
// was prepared (tests/job/clock_world.c) so that all of it is due some seconds after the start.
import test from 'node:test';
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {setTimeout as sleep} from 'node:timers/promises';
import {start, hecht, signIn, signinLink, temporaryFolder, database, sql} from './hecht.mjs';

const TOOL = process.env.HECHT_CLOCK_TOOL ?? new URL('../../build/tests/job/clock_world', import.meta.url).pathname;
const SECONDS = 18, JOB_PERIOD = 15;
// A page without figures shows an example of some, and says so.
const hasFigures = (text) => /pic-strip/.test(text) && !/not figures of your team/.test(text);
const VALUES = '4,4,4,4,4,4,4,4,4,4';

for (const engine of ['sqlite', 'postgres'])
  test(`rounds by the clock, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine), ask = (text) => sql(address, text);
    const due = Number(execFileSync(TOOL, [address, String(SECONDS)], {cwd: folder}).toString());
    const server = await start(t, folder, ['serve', '--port', '0']);
    // Jobs may run in several processes at once: the database decides.
    const second = engine === 'postgres' ? await start(t, folder, ['serve', '--port', '0']) : null;
    const visit = (name, org, url = server.url) => signIn(folder, url, `${name}@${org.toLowerCase()}.example`, 'en', '--org', org);
    const state = (org, team) => ask(`SELECT p.state FROM team_round p JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id
      JOIN org o ON o.org_id = p.org_id WHERE o.name = '${org}' AND t.name = '${team}'`);
    const left = (table, org, team) => Number(ask(`SELECT count(*) FROM ${table} x JOIN team_round p ON p.rid = x.rid
      JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id JOIN org o ON o.org_id = p.org_id
      WHERE o.name = '${org}' AND t.name = '${team}'`));
    const keys = (org, team) => Number(ask(`SELECT count(*) FROM team_round p JOIN team t ON t.org_id = p.org_id AND t.team_id = p.team_id
      JOIN org o ON o.org_id = p.org_id WHERE o.name = '${org}' AND t.name = '${team}'
      AND (p.sealed_private_key IS NOT NULL OR p.sealed_data_key IS NOT NULL)`));
    const answer = async (name, org) =>
      hecht(folder, 'answer', await signinLink(folder, `${name}@${org.toLowerCase()}.example`, server.url, '--org', org), '--values', VALUES);

    await t.test('before its time nothing opens or closes', async (own) => {
      const seen = [state('Opening', 'Blue'), state('Closing', 'Blue'), state('Closing', 'Green'), state('Extended', 'Green')];
      if (Date.now() / 1000 > due - 1) return own.skip('this machine is too slow today');
      assert.deepEqual(seen, ['', 'open', 'open', 'extended']);
    });
    await t.test('the extension takes more answers', async (own) => {
      const given = [await answer('green4', 'Extended'), await answer('green5', 'Extended')];
      if (Date.now() / 1000 > due - 1) return own.skip('this machine is too slow today');
      for (const {code, err} of given) assert.equal(code, 0, err);
    });
    const six = left('sealed_answer', 'Extended', 'Green') === 5;
    for (const until = due + 2 * JOB_PERIOD + 30; Date.now() / 1000 < until; await sleep(250))
      if (state('Opening', 'Blue') === 'open' && state('Closing', 'Blue') === 'closed' && state('Extended', 'Green') === 'closed') break;

    await t.test('it opens by the clock', async () => {
      assert.equal(state('Opening', 'Blue'), 'open');
      const done = await answer('blue1', 'Opening');
      assert.equal(done.code, 0, done.err);
      assert.equal(ask("SELECT count(*) FROM round r JOIN org o ON o.org_id = r.org_id WHERE o.name = 'Opening'"), '1');
    });
    await t.test('and not before', () => {
      const opened = Number(ask("SELECT r.opens_at FROM round r JOIN org o ON o.org_id = r.org_id WHERE o.name = 'Opening'"));
      assert.ok(opened >= due, `${opened} ${due}`);
    });
    await t.test('the next one is planned', () =>
      assert.ok(Number(ask("SELECT next_opens_at FROM org WHERE name = 'Opening'")) > due + 27 * 86400));
    await t.test('a team with enough answers closes; bodies and keys are gone', () => {
      assert.equal(state('Closing', 'Blue'), 'closed');
      assert.equal(left('sealed_answer', 'Closing', 'Blue'), 0);
      assert.equal(left('issuance', 'Closing', 'Blue'), 0);
      assert.equal(keys('Closing', 'Blue'), 0);
    });
    await t.test('its result is on the page, for leader and member', async () => {
      for (const name of ['blue-leader', 'blue1']) {
        const {text} = await (await visit(name, 'Closing')).page('/');
        assert.ok(hasFigures(text));
        assert.match(text, /5 or more/);
      }
    });
    await t.test('a team with too few gets the extension and nothing else', async () => {
      assert.equal(state('Closing', 'Green'), 'extended');
      assert.equal(left('sealed_answer', 'Closing', 'Green'), 3);
      assert.equal(keys('Closing', 'Green'), 1);
      const {text} = await (await visit('green-leader', 'Closing')).page('/');
      assert.ok(!hasFigures(text));
      const done = await answer('green4', 'Closing');
      assert.equal(done.code, 0, done.err);
    });
    await t.test('the extension ends by the clock, with all keys and bodies', () => {
      for (const team of ['Blue', 'Green', 'White']) {
        assert.equal(state('Extended', team), 'closed', team);
        assert.equal(left('sealed_answer', 'Extended', team) + left('issuance', 'Extended', team) + keys('Extended', team), 0, team);
      }
      assert.equal(ask("SELECT r.state FROM round r JOIN org o ON o.org_id = r.org_id WHERE o.name = 'Extended'"), 'closed');
    });
    await t.test('what came in the extension counts', async () => {
      const rows = JSON.parse((await hecht(folder, 'export', 'results', '--org', 'Extended')).out);
      const shown = (team) => rows.find((row) => row.team === team && row.construct === 'team').shown;
      assert.deepEqual([shown('Blue'), shown('White')], [true, false]);
      assert.equal(shown('Green'), six);
    });
    await t.test('who still has too few sees why', async () => {
      const {text} = await (await visit('white1', 'Extended')).page('/');
      assert.ok(!hasFigures(text));
      assert.match(text, /5/);
    });
    await t.test('late answers are refused', async () => {
      for (const [name, org] of [['blue1', 'Closing'], ['white3', 'Extended']])
        assert.equal((await answer(name, org)).code, 1);
    });
    await t.test('both processes say the same', async () => {
      if (!second) return;
      const {text} = await (await visit('blue2', 'Closing', second.url)).page('/');
      assert.ok(hasFigures(text));
      assert.equal(server.words + second.words, '');
    });
  });
