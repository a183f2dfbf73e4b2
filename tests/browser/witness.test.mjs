// A witness on a machine of its own: it signs what it has seen of the logs, refuses another history, and a reader who trusts it
// finds that out with `hecht verify --witness`.
import assert from 'node:assert/strict';
import {cpSync, rmSync} from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import {claim, closeRound, database, hecht, openRound, signIn, signinLink, start, temporaryFolder} from './hecht.mjs';

for (const engine of ['sqlite', 'postgres'])
  test(`a witness, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), away = temporaryFolder(t);
    const address = database(t, folder, engine);
    let server = await start(t, folder, ['serve', '--port', '0']);
    const {url} = server;
    const {owner} = await claim(server, {organisation: `Witness ${engine}`});
    const witness = (...more) => hecht(away, 'witness', url, ...more);
    const made = await hecht(away, 'witness', '--init', 'council.example.org');
    const key = made.out.trim();

    await t.test('makes a key once', async () => {
      assert.match(key, /^council\.example\.org\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$/);
      assert.equal((await hecht(away, 'witness', '--init', 'other')).code, 1);
      assert.equal((await hecht(away, 'witness', '--init', 'two words', '--state', 'elsewhere')).code, 1);
    });
    await t.test('nothing is shown to a witness before there is one', async () => {
      await openRound(owner);
      assert.deepEqual(await (await fetch(`${url}/api/logs`)).json(), {logs: []});
    });
    await t.test('an owner adds it, everybody sees that, nobody else can', async () => {
      for (const wrong of ['', 'council', key.slice(0, -4) + 'AAAA', key.replace('council', 'counsel')])
        assert.match((await owner.submit('/settings', '/settings/witness', {key: wrong})).text, /not the public key of a witness/, wrong);
      const done = await owner.submit('/settings', '/settings/witness', {key});
      assert.match(done.text, /council\.example\.org/);
      assert.match((await owner.submit('/settings', '/settings/witness', {key})).text, /a witness of this name already/);
      const member = await signIn(folder, url, 'a1@example.org');
      assert.match((await member.page('/settings')).text, /council\.example\.org[\s\S]*Added by Ada Owner/);
      assert.equal((await member.post('/settings/witness', new URLSearchParams({key}))).status, 403);
    });
    await t.test('it signs the log; what it reads holds hashes only', async () => {
      const text = await (await fetch(`${url}/api/logs`)).text();
      assert.doesNotMatch(text, /rid|roster|answers|Blue/);
      const done = await witness('--json');
      assert.equal(done.code, 0, done.err);
      assert.deepEqual(JSON.parse(done.out).logs.map(({entries, signed}) => [entries, signed]), [[1, true]]);
      assert.match((await owner.page('/settings')).text, /Signed last on/);
    });
    await t.test('hecht answer --witness sends nothing to a log that this witness has not signed', async () => {
      const answer = async (demanded) => hecht(folder, 'answer', await signinLink(folder, 'a1@example.org', url), '--values', '4,4,4,4,4,4,4,4,4,4', '--witness', demanded);
      const other = (await hecht(temporaryFolder(t), 'witness', '--init', 'council.example.org')).out.trim();
      const refused = await answer(other);
      assert.equal(refused.code, 1);
      assert.match(refused.err, /council\.example\.org has not signed the log of this team as it is now; nothing was sent/);
      assert.equal((await answer('council')).code, 2);
      const done = await answer(key);
      assert.equal(done.code, 0, done.err);
      assert.match(done.err, /: [a-z]{5}-[a-z]{5}-[a-z]{5}-[a-z]{5}\. Your colleagues see the same four words/);
    });
    for (let i = 1; i <= 6; i++)
      assert.equal((await hecht(folder, 'answer', await signinLink(folder, `a${i}@example.org`, url), '--values', '4,4,4,4,4,4,4,4,4,4')).code, 0);
    const rid = JSON.parse((await (await signIn(folder, url, 'a1@example.org')).page('/api/rounds')).text).rounds[0].rid;
    await closeRound(owner);
    const verify = (...more) => hecht(folder, 'verify', `${url}/api/rounds/${rid}/record`, ...more);

    await t.test('a record is checked against it: not before it has seen the close', async () => {
      const before = await verify('--witness', key);
      assert.equal(before.code, 1);
      assert.match(before.out, /FAILS +witness/);
      assert.equal((await witness()).code, 0);
      const after = await verify('--witness', key);
      assert.equal(after.code, 0, after.out);
      assert.match(after.out, /holds +witness +council\.example\.org has seen this log on/);
      assert.equal((await verify()).code, 0);
    });
    await t.test('another key of the same name is another witness', async () => {
      const other = (await hecht(away, 'witness', '--init', 'council.example.org', '--state', 'other')).out.trim();
      assert.equal((await verify('--witness', other)).code, 1);
      const refused = await witness('--state', 'other');
      assert.equal(refused.code, 1);
      assert.match(refused.out, /NOT SIGNED/);
      assert.equal((await verify('--witness', 'nonsense')).code, 2);
    });
    await t.test('what is no signature of it is not kept', async () => {
      const [{team}] = (await (await fetch(`${url}/api/logs`)).json()).logs;
      const send = async (body) => {
        const response = await fetch(`${url}/api/cosignatures`, {method: 'POST', body: JSON.stringify(body), headers: {'content-type': 'application/json'}});
        return [response.status, (await response.json()).reason];
      };
      const line = `— council.example.org ${Buffer.alloc(76, 7).toString('base64')}\n`;
      assert.deepEqual(await send({team, line}), [400, 'witness-line']);
      assert.deepEqual(await send({team, line: line.replace('council', 'nobody')}), [404, 'witness-unknown']);
      assert.deepEqual(await send({team: '1', line}), [404, 'witness-unknown']);
      assert.deepEqual(await send({team, line: `${line}${line}`}), [400, 'witness-line']);
      assert.deepEqual(await send({team, line: 'x'}), [400, 'witness-line']);
      assert.deepEqual(await send({team, line, more: 'x'}), [400, 'answer-json']);
      assert.equal((await verify('--witness', key)).code, 0);
    });
    if (engine === 'sqlite')
      await t.test('a server that was set back is not signed', async () => {
        await server.stop();
        cpSync(address, path.join(away, 'copy.db'));
        server = await start(t, folder, ['serve', '--port', new URL(url).port]);
        await new Promise((done) => setTimeout(done, 1100));
        await openRound(owner);
        assert.equal((await witness()).code, 0);
        await server.stop();
        for (const more of ['-wal', '-shm']) rmSync(address + more, {force: true});
        cpSync(path.join(away, 'copy.db'), address);
        server = await start(t, folder, ['serve', '--port', new URL(url).port]);
        const refused = await witness();
        assert.equal(refused.code, 1);
        assert.match(refused.out, /NOT SIGNED.*set back/);
      });
  });
