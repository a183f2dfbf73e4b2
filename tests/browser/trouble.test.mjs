// What goes wrong around the real program: disks, ports, other programs' databases, interruptions, and requests that come
// twice, late or in another order. A clear sentence, a right status or exit code, nothing lost, nothing half done.
import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import {spawn, execFileSync} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {start, hecht, claim, signIn, signinLink, temporaryFolder, database, sql, openRound, closeRound, environment, HECHT, Visitor} from './hecht.mjs';

const VALUES = '4,4,4,4,4,4,4,4,4,4';
const answer = async (folder, server, name, ...more) =>
  hecht(folder, 'answer', await signinLink(folder, `${name}@example.org`, server.url), '--values', VALUES, ...more);

// A small disk of its own where that is allowed (root); null elsewhere.
function smallDisk(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hecht-test-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], {stdio: 'ignore'});
  } catch {
    rmdirSync(folder);
    return null;
  }
  t.after(() => { execFileSync('umount', ['-l', folder]); rmdirSync(folder); });
  return folder;
}

// Takes what is left of the disk.
function fill(file) {
  const out = openSync(file, 'w'), block = Buffer.alloc(512, 1);
  try {
    for (;;) writeSync(out, block);
  } catch (full) {
    assert.equal(full.code, 'ENOSPC');
  } finally {
    closeSync(out);
  }
}

test('a full disk', async (t) => {
  const disk = smallDisk(t), folder = temporaryFolder(t);
  if (!disk) return t.skip('no disk of one\'s own without root; the next test limits the size of files instead');
  const file = path.join(disk, 'hecht.db'), filler = path.join(disk, 'filler');
  await t.test('before the start: said, exit code 1, and fine when there is room again', async () => {
    fill(filler);
    const refused = await hecht(folder, 'serve', '--port', '0', '--db', file);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /hecht\.db.*(disk|full|space)/s);
    rmSync(filler);
  });
  process.env.HECHT_DB = file;
  t.after(() => delete process.env.HECHT_DB);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server);
  assert.equal((await openRound(owner)).status, 200);
  const links = {};
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) links[name] = await signinLink(folder, `${name}@example.org`, server.url);
  const member = await signIn(folder, server.url, 'a6@example.org');
  for (const name of ['a1', 'a2', 'a3']) assert.equal((await hecht(folder, 'answer', links[name], '--values', VALUES)).code, 0);
  const before = await owner.page('/people');
  fill(filler);
  await t.test('answering says so and can be tried again', async () => {
    const reply = JSON.parse((await member.send('/api/rounds')).text);
    const response = await member.send(`/api/rounds/${reply.rounds[0].rid}/token`, {method: 'POST', body: JSON.stringify({blinded: 'A'.repeat(342)}),
      headers: {'content-type': 'application/json', 'x-csrf-token': reply.csrf}});
    assert.ok(response.status >= 500, String(response.status));
  });
  await t.test('a form says so and keeps what was typed out of half a change', async () => {
    const response = await owner.submit(before, '/people/team', {name: 'Green', leader: '', members: Array.from({length: 900}, (_, i) => `long-address-${i}@example.org`).join('\n')});
    assert.ok(response.status >= 500, String(response.status));
    assert.match(response.text, /[Ss]aving does not work now/);
  });
  await t.test('pages go on', async () => {
    const response = await owner.page('/people');
    assert.equal(response.status, 200);
    assert.doesNotMatch(response.text, /Green/);
  });
  await t.test('the server goes on', () => assert.equal(server.child.exitCode, null));
  rmSync(filler);
  await t.test('with room again everybody answers, without a restart', async () => {
    for (const name of ['a4', 'a5', 'a6']) {
      const done = await hecht(folder, 'answer', links[name], '--values', VALUES);
      assert.equal(done.code, 0, done.err);
    }
  });
  await t.test('nothing that was confirmed is lost', async () => {
    assert.equal(Number(sql(file, 'SELECT count(*) FROM sealed_answer')), 6);
    assert.equal((await closeRound(owner)).status, 200);
    assert.equal(JSON.parse((await hecht(folder, 'export', 'results')).out).find((row) => row.construct === 'team').shown, true);
    assert.equal(sql(file, 'PRAGMA integrity_check'), 'ok');
  });
});

test('a limit on the size of files', async (t) => {
  const folder = temporaryFolder(t), file = path.join(folder, 'hecht.db');
  process.env.HECHT_DB = file;
  t.after(() => delete process.env.HECHT_DB);
  let server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server);
  await openRound(owner);
  assert.equal((await answer(folder, server, 'a1')).code, 0);
  await server.stop();
  // The signal that comes with the limit is ignored, as a service manager does; writing then fails like a full disk.
  const port = new URL(server.url).port;
  const child = spawn('bash', ['-c', `trap '' XFSZ; ulimit -f 300; exec "$0" serve --port ${port}`, HECHT], {cwd: folder, stdio: ['ignore', 'pipe', 'ignore']});
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const links = [];
  for (let i = 2; i <= 6; i++) links.push(await signinLink(folder, `a${i}@example.org`, server.url));
  let page = await owner.page('/people'), status = 303;
  for (let i = 0; i < 60 && status < 400; i++) {
    const members = Array.from({length: 200}, (_, m) => `somebody-with-a-long-name-${i}-${m}@a-long-domain.example.org`).join('\n');
    ({status} = await owner.submit(page, '/people/team', {name: `Team ${i}`, leader: '', members}, {follow: false}));
    page = await owner.page('/people');
  }
  await t.test('is met and said', () => assert.ok(status >= 500, String(status)));
  await t.test('pages go on', () => assert.equal(page.status, 200));
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('exit', resolve));
  server = await start(t, folder, ['serve', '--port', port]);
  await t.test('nothing that was confirmed is lost', async () => {
    for (const link of links) {
      const done = await hecht(folder, 'answer', link, '--values', VALUES);
      assert.equal(done.code, 0, done.err);
    }
    assert.equal(Number(sql(file, 'SELECT count(*) FROM sealed_answer')), 6);
    assert.equal(sql(file, 'PRAGMA integrity_check'), 'ok');
  });
});

for (const engine of ['sqlite', 'postgres'])
  test(`a database of a newer version, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']);
    await claim(server);
    await server.stop();
    const newest = Number(sql(address, 'SELECT max(number) FROM schema_version'));
    sql(address, `INSERT INTO schema_version SELECT ${newest + 1}, 'later', checksum FROM schema_version WHERE number = ${newest}`);
    const count = () => sql(address, `SELECT count(*) FROM schema_version`);
    const before = count();
    for (const command of [['serve', '--port', '0'], ['export', 'results'], ['signin-link', 'ada@example.org']])
      await t.test(`${command[0]} refuses it and says what to do`, async () => {
        const refused = await hecht(folder, ...command);
        assert.equal(refused.code, 1);
        assert.match(refused.err, /newer/);
      });
    await t.test('and leaves it as it is', () => assert.equal(count(), before));
  });

test('a port in use', async (t) => {
  const folder = temporaryFolder(t);
  const other = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.on('listening', resolve));
  t.after(() => other.close());
  const port = String(other.address().port);
  for (const command of ['serve', 'demo'])
    await t.test(`${command}: exit code 1, and the port is named`, async () => {
      const refused = await hecht(folder, command, '--port', port);
      assert.equal(refused.code, 1);
      assert.match(refused.err, new RegExp(`another program listens on 127\\.0\\.0\\.1 port ${port}`));
      assert.equal(refused.out, '');
    });
  await t.test('the demo leaves nothing behind', () => assert.deepEqual(readdirSync(folder).filter((name) => /demo/.test(name)), []));
});

test('Ctrl-C while the demo is being built', async (t) => {
  const folder = temporaryFolder(t);
  for (const [signal, code, args] of [['SIGINT', 130, []], ['SIGTERM', 143, ['--db', 'own.db']], ['SIGHUP', 129, []]])
    await t.test(`${signal} ends it with ${code} and leaves nothing`, async () => {
      const child = spawn(HECHT, ['demo', '--port', '0', ...args], {cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: environment(folder)});
      await new Promise((resolve) => child.stderr.once('data', resolve)); // "building ..."
      child.kill(signal);
      let printed = '';
      child.stdout.on('data', (data) => { printed += data; });
      assert.equal(await new Promise((resolve) => child.on('exit', (status, by) => resolve(status ?? by))), code);
      assert.equal(printed, '');
      assert.deepEqual(readdirSync(folder), []);
    });
});

test('a second hecht serve before anybody took over', async (t) => {
  const folder = temporaryFolder(t);
  const first = await start(t, folder, ['serve', '--port', '0']), second = await start(t, folder, ['serve', '--port', '0']);
  const token = new URL(first.lines[0]).pathname;
  await t.test('ends the link of the first', async () => assert.equal((await new Visitor(first.url).send(token)).status, 404));
  await t.test('which says so', async () => {
    for (let i = 0; i < 100 && !/newer claim link/.test(first.words); i++) await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(first.words.match(/newer claim link/g)?.length, 1);
  });
  await t.test('the newest link works, and not with the first process only', async () => {
    const {response} = await claim(second);
    assert.equal(response.status, 200);
    for (let i = 0; i < 100 && (await new Visitor(first.url).send('/signin')).status === 503; i++) await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal((await new Visitor(first.url).send('/signin')).status, 200);
  });
});

test('sign-in links know the address', async (t) => {
  const folder = temporaryFolder(t);
  let server = await start(t, folder, ['serve', '--port', '0']);
  await claim(server);
  const link = async (...more) => {
    const {code, out, err} = await hecht(folder, 'signin-link', 'a1@example.org', ...more);
    assert.equal(code, 0, err);
    return {origin: new URL(out.trim()).origin, err};
  };
  await t.test('under which serve runs', async () => assert.deepEqual(await link(), {origin: server.url, err: ''}));
  await t.test('or the one that is given', async () => assert.equal((await link('--url', 'https://x.example/')).origin, 'https://x.example'));
  await server.stop();
  await t.test('also when it does not run', async () => assert.equal((await link()).origin, server.url));
  server = await start(t, folder, ['serve', '--port', '0', '--url', 'https://trust.example.org']);
  await t.test('the last one counts', async () => assert.equal((await link()).origin, 'https://trust.example.org'));
  await t.test('unknown, it says so', async () => {
    await server.stop();
    sql(path.join(folder, 'hecht.db'), "DELETE FROM installation WHERE name = 'url'");
    const unknown = await link();
    assert.equal(unknown.origin, 'http://127.0.0.1:8080');
    assert.match(unknown.err, /--url/);
  });
});

for (const engine of ['sqlite', 'postgres'])
  test(`messages again, late and in another order, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t);
    database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']);
    const {owner} = await claim(server, {organisation: `Again ${engine}`});
    await openRound(owner);
    // Everything that `hecht answer` sends, as it was.
    const sent = [];
    const tap = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const headers = {...request.headers, host: new URL(server.url).host};
        http.request(server.url + request.url, {method: request.method, headers}, (reply) => {
          const parts = [];
          reply.on('data', (part) => parts.push(part));
          reply.on('end', () => {
            sent.push({url: request.url, method: request.method, body: Buffer.concat(chunks).toString(), headers: request.headers, reply: Buffer.concat(parts).toString()});
            response.writeHead(reply.statusCode, reply.headers).end(Buffer.concat(parts));
          });
        }).end(Buffer.concat(chunks));
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => tap.on('listening', resolve));
    t.after(() => { tap.closeAllConnections(); tap.close(); });
    const through = async (name, values) => hecht(folder, 'answer',
      await signinLink(folder, `${name}@example.org`, `http://127.0.0.1:${tap.address().port}`), '--values', values);
    const anybody = new Visitor(server.url);
    const send = (body) => anybody.send('/api/answers', {method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: {'content-type': 'application/json'}});
    assert.equal((await through('a1', VALUES)).code, 0);
    assert.equal((await through('a1', VALUES.replaceAll('4', '5'))).code, 0);
    const answers = sent.filter((line) => line.url === '/api/answers'), token = sent.find((line) => /\/token$/.test(line.url));
    await t.test('the newest again gets the same receipt', async () => {
      const again = await send(answers[1].body);
      assert.equal(again.status, 200);
      assert.equal(again.text, answers[1].reply);
    });
    await t.test('the older one after the newer is refused', async () => assert.equal((await send(answers[0].body)).status, 409));
    await t.test('another content under the same version is refused', async () => {
      const forged = JSON.parse(answers[1].body);
      forged.cells[0].value = 1;
      assert.equal((await send(forged)).status, 400);
    });
    await t.test('a token of one member is of no use with another key', async () => {
      assert.equal((await through('a2', VALUES)).code, 0);
      const other = JSON.parse(sent.filter((line) => line.url === '/api/answers').at(-1).body), own = JSON.parse(answers[1].body);
      assert.equal((await send({...other, m: own.m, sig: own.sig})).status, 400);
      assert.equal((await send({...other, sig: own.sig})).status, 400);
    });
    const member = await signIn(folder, server.url, 'a1@example.org');
    const ask = async (visitor, body) => {
      const {csrf} = JSON.parse((await visitor.send('/api/rounds')).text);
      return visitor.send(token.url, {method: 'POST', body, headers: {'content-type': 'application/json', 'x-csrf-token': csrf}});
    };
    await t.test('the same request for a signature gets the same reply, from anywhere', async () => {
      const again = await ask(member, token.body);
      assert.equal(again.status, 200);
      assert.equal(again.text, token.reply);
    });
    await t.test('another one is refused', async () => {
      const blinded = JSON.parse(token.body).blinded;
      assert.equal((await ask(member, JSON.stringify({blinded: (blinded[0] === 'A' ? 'B' : 'A') + blinded.slice(1)}))).status, 409);
    });
    await t.test('an answer before any signature is refused', async () => {
      const early = JSON.parse(answers[0].body);
      assert.equal((await send({...early, sig: 'A'.repeat(342)})).status, 400);
    });
    await t.test('closing twice closes once, opening twice opens once', async () => {
      const page = await owner.page('/rounds');
      const twice = await Promise.all([1, 2].map(() => owner.submit(page, '/rounds/close', {sure: 'yes'}, {follow: false})));
      assert.deepEqual(twice.map((response) => response.status), [303, 303]);
      const rounds = await owner.page('/rounds');
      assert.ok(Visitor.forms(rounds.text).some((form) => form.action.split('?')[0].endsWith('/rounds/opening')));
    });
    await t.test('late, everything is refused with 410', async () => {
      assert.equal((await send(answers[1].body)).status, 410);
      assert.equal((await ask(member, token.body)).status, 410);
    });
    await t.test('at the prompt it says that no round is open', async () => {
      const done = await through('a3', VALUES);
      assert.equal(done.code, 1);
      assert.match(done.err, /no round is open/);
    });
    await t.test('a round after this one takes none of its messages', async () => {
      await openRound(owner);
      assert.equal((await send(answers[1].body)).status, 410);
      assert.equal((await ask(member, token.body)).status, 410);
    });
  });
