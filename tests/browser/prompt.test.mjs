// `hecht answer` with the real program: what it keeps on the member's machine, and what happens when it breaks off between
// any two messages. A proxy between the two holds back or drops what a test wants lost.
import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import {spawn} from 'node:child_process';
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {proxy} from './middle.mjs';
import {start, hecht, claim, signinLink, temporaryFolder, environment, database, openRound, closeRound, HECHT} from './hecht.mjs';

const LOW = '2,2,2,2,2,2,2,2,2,2', HIGH = '5,5,5,5,5,5,5,5,5,5';

const isToken = (line) => line.method === 'POST' && /\/token$/.test(line.url);
const isAnswer = (line) => line.method === 'POST' && line.url === '/api/answers';
const secrets = (...parts) => readdirSync(path.join(...parts)).filter((name) => name.endsWith('.answer'));
const kept = (folder) => secrets(folder, 'state', 'hecht');

async function openWorld(t, engine = 'sqlite') {
  const folder = temporaryFolder(t);
  database(t, folder, engine);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {organisation: `Prompt ${engine}`});
  await openRound(owner);
  return {folder, server, owner};
}

// Starts `hecht answer` through the proxy and kills it, hard, as soon as the proxy saw `wanted`.
async function killedAt(t, world, address, hold, wanted, values) {
  const middle = await proxy(t, world.server.url, hold);
  const link = await signinLink(world.folder, address, middle.url);
  const child = spawn(HECHT, ['answer', link, '--values', values], {cwd: world.folder, stdio: 'ignore', env: environment(world.folder)});
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal)));
  const line = await middle.saw(wanted);
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL');
  return {line, middle};
}

async function teamMean(world) {
  await closeRound(world.owner);
  return JSON.parse((await hecht(world.folder, 'export', 'results')).out).find((row) => row.construct === 'team');
}

// What is asked to be signed; the signature of this machine beside it is another each time.
const blinded = (line) => {
  const {blinded: message, device_signature: signature} = JSON.parse(line.body);
  assert.equal(Buffer.from(signature, 'base64url').length, 64);
  return message;
};

for (const engine of ['sqlite', 'postgres'])
  test(`kill -9 of hecht answer, on ${engine}`, async (t) => {
    const world = await openWorld(t, engine), {folder, server} = world;
    const send = async (address, values, ...more) =>
      hecht(folder, 'answer', await signinLink(folder, address, server.url), '--values', values, ...more);
    let first;
    await t.test('before the token reached the server', async () => {
      ({line: first} = await killedAt(t, world, 'a1@example.org', (r) => isToken(r) ? 'drop' : 'pass', isToken, LOW));
      const files = kept(folder);
      assert.equal(files.length, 1);
      const file = path.join(folder, 'state', 'hecht', files[0]);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
      assert.match(readFileSync(file, 'utf8'), /^hecht-kept-v1\nrid [0-9a-f]{64}\nuntil .*\nversion 0\n$/s);
    });
    await t.test('and after that, before its reply arrived: the same message', async () => {
      const {line} = await killedAt(t, world, 'a1@example.org', (r) => isToken(r) ? 'deaf' : 'pass', isToken, LOW);
      assert.equal(blinded(line), blinded(first));
    });
    await t.test('between token and answer', async () => {
      const {middle} = await killedAt(t, world, 'a1@example.org', (r) => isAnswer(r) ? 'drop' : 'pass', isAnswer, LOW);
      assert.equal(blinded(middle.seen.find(isToken)), blinded(first));
    });
    await t.test('after the answer was stored, before the receipt arrived', async () => {
      const {line} = await killedAt(t, world, 'a1@example.org', (r) => isAnswer(r) ? 'deaf' : 'pass', isAnswer, LOW);
      assert.equal(JSON.parse(line.body).version, 2);
    });
    await t.test('then it answers, and the answer can be changed', async () => {
      for (const values of [LOW, HIGH]) {
        const {code, err} = await send('a1@example.org', values);
        assert.equal(code, 0, err);
        assert.match(err, /To change it/);
      }
      assert.match(readFileSync(path.join(folder, 'state', 'hecht', kept(folder)[0]), 'utf8'), /\nversion 4\n$/);
    });
    await t.test('no answer is in what was kept', () => {
      assert.doesNotMatch(readFileSync(path.join(folder, 'state', 'hecht', kept(folder)[0]), 'utf8'), /cell|value/);
    });
    await t.test('two people at one machine have a file each', async () => {
      for (const name of ['a2', 'a3', 'a4', 'a5', 'a6']) assert.equal((await send(`${name}@example.org`, HIGH)).code, 0);
      assert.equal(kept(folder).length, 6);
      const keys = readdirSync(path.join(folder, 'state', 'hecht')).filter((name) => name.endsWith('.device'));
      assert.equal(keys.length, 6);
      assert.match(readFileSync(path.join(folder, 'state', 'hecht', keys[0]), 'utf8'), /^hecht-device-v1\n[0-9a-f]{64}\n[\w-]{87}\n$/);
      assert.equal(statSync(path.join(folder, 'state', 'hecht', keys[0])).mode & 0o777, 0o600);
    });
    await t.test('every answer counted once, in its last version', async () => {
      const row = await teamMean(world);
      assert.equal(row.shown, true);
      assert.equal(row.mean, 5);
    });
  });

test('what hecht answer keeps', async (t) => {
  const world = await openWorld(t), {folder, server} = world;
  const link = (address) => signinLink(folder, address, server.url);
  await t.test('nothing with --no-state, and then it cannot be changed', async () => {
    const done = await hecht(folder, 'answer', await link('a1@example.org'), '--values', LOW, '--no-state');
    assert.equal(done.code, 0, done.err);
    assert.doesNotMatch(done.err, /To change it/);
    assert.throws(() => kept(folder));
    const again = await hecht(folder, 'answer', await link('a1@example.org'), '--values', HIGH);
    assert.equal(again.code, 1);
    assert.match(again.err, /409.*on another device/s);
  });
  await t.test('in the folder of --state', async () => {
    const done = await hecht(folder, 'answer', await link('a2@example.org'), '--values', LOW, '--state', 'own/deep');
    assert.equal(done.code, 0, done.err);
    assert.equal(secrets(folder, 'own', 'deep').length, 1);
  });
  await t.test('and with it an answer can be taken back, but only where it was sent', async () => {
    const done = await hecht(folder, 'answer', await link('a2@example.org'), '--withdraw', '--state', 'own/deep');
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, /No answer of yours counts/);
    for (let i = 0; i < 2; i++) {
      const elsewhere = await hecht(folder, 'answer', await link('a4@example.org'), '--withdraw', '--state', 'empty');
      assert.equal(elsewhere.code, 1);
      assert.match(elsewhere.err, /nothing is kept on this machine.*take it back where you sent it/s);
    }
  });
  await t.test('a folder that cannot be used is named before anything is sent', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    const sent = await link('a3@example.org');
    const refused = await hecht(folder, 'answer', sent, '--values', LOW, '--state', 'file/below');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /file\/below.*--no-state/s);
    const done = await hecht(folder, 'answer', sent, '--values', LOW, '--state', 'other');
    assert.equal(done.code, 0, done.err);
  });
  await t.test('a damaged file is named, and nothing is sent', async () => {
    const name = path.join(folder, 'other', secrets(folder, 'other')[0]);
    writeFileSync(name, readFileSync(name, 'utf8').replace('prepared ', 'prepared AA'));
    const refused = await hecht(folder, 'answer', await link('a3@example.org'), '--values', HIGH, '--state', 'other');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /damaged.*--forget/s);
  });
  await t.test('until --forget', async () => {
    const done = await hecht(folder, 'answer', '--forget', '--state', 'other');
    assert.equal(done.code, 0);
    assert.match(done.err, /1 round/);
    assert.deepEqual(secrets(folder, 'other'), []);
    assert.deepEqual(readdirSync(path.join(folder, 'other')).filter((name) => name.endsWith('.device')), []);
  });
  await t.test('until a day after the round has ended at the latest', async () => {
    const name = path.join(folder, 'own', 'deep', secrets(folder, 'own', 'deep')[0]);
    writeFileSync(name, readFileSync(name, 'utf8').replace(/until .*/, 'until 2020-01-01T00:00:00Z'));
    await hecht(folder, 'answer', await link('a4@example.org'), '--values', LOW, '--state', 'own/deep');
    assert.equal(secrets(folder, 'own', 'deep').length, 1);
    assert.ok(!secrets(folder, 'own', 'deep').includes(path.basename(name)));
  });
  await t.test('wrong use', async () => {
    for (const wrong of [[], ['--forget', 'http://x/signin/y'], ['http://x/signin/y', '--no-state', '--state', 'z'], ['--forget', '--no-state'],
      ['http://x/signin/y', '--withdraw', '--values', '1'], ['http://x/signin/y', '--withdraw', '--no-state']])
      assert.equal((await hecht(folder, 'answer', ...wrong)).code, 2, wrong.join(' '));
  });
});

test('the log of the team', async (t) => {
  const world = await openWorld(t), {folder, server} = world, state = path.join(folder, 'seen');
  const answer = async (who, ...more) => hecht(folder, 'answer', await signinLink(folder, who, server.url), '--values', LOW, '--state', state, ...more);
  const first = await answer('a1@example.org');
  assert.equal(first.code, 0, first.err);
  const file = path.join(state, readdirSync(state).find((name) => name.endsWith('.log'))), seen = readFileSync(file, 'utf8');
  assert.match(seen, /^hecht-seen-log-v1 [0-9a-f]{64} 1 [0-9a-f]{64}\n$/);
  // The machine has seen more, something else, or another key: then the server hides or changed something.
  for (const [old, other, words] of [[/ 1 /, ' 3 ', /set back/], [/.\n$/, (end) => (end[0] === '0' ? '1\n' : '0\n'), /was changed/],
    [/-v1 ./, (start) => (start.endsWith('0') ? '-v1 1' : '-v1 0'), /another key/], [/hecht/, 'Hecht', /damaged/]]) {
    writeFileSync(file, seen.replace(old, other));
    const refused = await answer('a2@example.org');
    assert.equal(refused.code, 1);
    assert.match(refused.err, words);
  }
  writeFileSync(file, seen);
  const again = await answer('a2@example.org');
  assert.equal(again.code, 0, again.err);
  assert.equal(readFileSync(file, 'utf8'), seen);
});

test('a server that cheats', async (t) => {
  const world = await openWorld(t), {folder, server} = world;
  // Another round's signature: somebody else's blinded message is signed instead of the own.
  const cheat = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const headers = {...request.headers, host: new URL(server.url).host};
      if (headers.origin) headers.origin = server.url;
      http.request(server.url + request.url, {method: request.method, headers}, (reply) => {
        const parts = [];
        reply.on('data', (part) => parts.push(part));
        reply.on('end', () => {
          let body = Buffer.concat(parts).toString('latin1');
          if (isToken(request) && reply.statusCode === 200)
            body = body.replace(/"blind_signature":"(.)/, (_, c) => `"blind_signature":"${c === 'B' ? 'C' : 'B'}`);
          response.writeHead(reply.statusCode, {...reply.headers, location: reply.headers.location?.replace(server.url, '') ?? ''})
            .end(Buffer.from(body, 'latin1'));
        });
      }).end(Buffer.concat(chunks));
    });
  });
  await new Promise((resolve) => cheat.listen(0, '127.0.0.1', resolve));
  t.after(() => { cheat.closeAllConnections(); cheat.close(); });
  const link = await signinLink(folder, 'a1@example.org', `http://127.0.0.1:${cheat.address().port}`);
  const done = await hecht(folder, 'answer', link, '--values', LOW);
  await t.test('is found out', () => assert.equal(done.code, 1, done.err));
  await t.test('and nothing of the round is kept', () => assert.deepEqual(kept(folder), []));
});

test('a member of two teams', async (t) => {
  const world = await openWorld(t), {folder, server, owner} = world;
  await closeRound(owner);
  await owner.submit('/people', '/people/team', {name: 'Green', leader: 'gl@example.org', members: 'a1@example.org, g2@example.org'});
  await openRound(owner);
  const link = () => signinLink(folder, 'a1@example.org', server.url);
  await t.test('is asked which', async () => {
    const asked = await hecht(folder, 'answer', await link(), '--values', LOW);
    assert.equal(asked.code, 1);
    assert.match(asked.err, /--team NAME: (Blue, Green|Green, Blue)/);
  });
  await t.test('and answers in both', async () => {
    for (const team of ['Blue', 'Green']) {
      const done = await hecht(folder, 'answer', await link(), '--values', LOW, '--team', team);
      assert.equal(done.code, 0, done.err);
    }
    assert.equal(kept(folder).length, 2);
  });
  await t.test('a team without a round is named', async () => {
    const none = await hecht(folder, 'answer', await link(), '--values', LOW, '--team', 'Red');
    assert.equal(none.code, 1);
    assert.match(none.err, /Red/);
  });
});

test('a server that lies to hecht answer', async (t) => {
  const world = await openWorld(t), {folder, server} = world;
  const through = async (change) => {
    const middle = await proxy(t, server.url, () => 'pass', change);
    return hecht(folder, 'answer', await signinLink(folder, 'a1@example.org', middle.url), '--values', LOW);
  };
  const rounds = (edit) => (request, text) => {
    if (!/^\/api\/rounds(\?|$)/.test(request.url)) return text;
    const reply = JSON.parse(Buffer.from(text, 'latin1').toString());
    edit(reply.rounds[0].questions);
    return Buffer.from(JSON.stringify(reply)).toString('latin1');
  };
  for (const [what, edit] of [
    ['questions in another order', (questions) => questions.reverse()],
    ['the words of one question at another', (questions) => { [questions[0].text, questions[1].text] = [questions[1].text, questions[0].text]; }],
    ['answers from high to low', (questions) => questions[0].options.reverse()],
    ['a question less', (questions) => questions.pop()],
  ]) await t.test(`${what}: nothing is sent`, async () => {
    const {code, err} = await through(rounds(edit));
    assert.equal(code, 1);
    assert.match(err, what === 'a question less' ? /--values|questions/ : /not those of the round, or not in its words/);
  });
  for (const [what, receipt] of [['none', () => '{}'], ['of another answer', (text) => text.replace(/cell [0-9a-f]/, (cell) => (cell.endsWith('0') ? 'cell 1' : 'cell 0'))],
    ['signed by nobody', (text) => text.replace(/"signature":"(.)/, (_, c) => `"signature":"${c === 'B' ? 'C' : 'B'}`)]])
    await t.test(`a receipt: ${what}`, async () => {
      const {code, err} = await through((request, text) => (isAnswer(request) ? receipt(text) : text));
      assert.equal(code, 1);
      assert.match(err, /no good receipt/);
    });
  await t.test('the truth', async () => assert.equal((await through((request, text) => text)).code, 0));
});

test('a round that may be made longer', async (t) => {
  const world = await openWorld(t), {folder} = world;
  const closed = http.createServer((request, response) => response.writeHead(410, {'content-type': 'application/problem+json'}).end('{"reason":"round-closed"}'));
  await new Promise((done) => closed.listen(0, '127.0.0.1', done));
  t.after(() => closed.close());
  // Between its end and its extension the server takes nothing; what is kept is of use again afterwards.
  const gone = (request) => (isAnswer(request) || isToken(request) ? `http://127.0.0.1:${closed.address().port}` : undefined);
  const middle = await proxy(t, world.server.url, () => 'pass', undefined, gone);
  const send = async (url) => hecht(folder, 'answer', await signinLink(folder, 'a1@example.org', url), '--values', LOW);
  assert.equal((await send(world.server.url)).code, 0);
  const refused = await send(middle.url);
  assert.equal(refused.code, 1);
  assert.equal(kept(folder).length, 1, 'the secrets stay');
  assert.equal((await send(world.server.url)).code, 0);
});
