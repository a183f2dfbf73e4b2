// On the network without a proxy: https by Hecht itself, and hecht doctor, which says what keeps phones away.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {chmodSync, readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';
import jsqr from 'jsqr';

import {answerAndSend, launch, person} from './chromium.mjs';
import {environment, HECHT, hecht, signinLink, start, temporaryFolder} from './hecht.mjs';

function certificate(folder, name, {days = '30', host = 'DNS:trust.example.org,IP:127.0.0.1'} = {}) {
  const file = (kind) => path.join(folder, `${name}-${kind}.pem`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key'), '-out', file('cert'),
    '-days', days, '-subj', '/CN=hecht', '-addext', `subjectAltName=${host}`], {stdio: 'ignore'});
  return [file('cert'), file('key')];
}

const tls = ([cert, key]) => ['--tls-cert', cert, '--tls-key', key];

const get = (url, options) => new Promise((done, failed) => {
  https.get(url, options, (response) => {
    response.resume().on('end', () => done({status: response.statusCode, headers: response.headers}));
  }).on('error', failed);
});

// What a reader makes of a code that is drawn in half blocks: two rows of the code in one of the terminal.
function read(shown) {
  const rows = [...shown.matchAll(/\x1b\[30;107m([^\x1b]*)\x1b\[0m/g)].flatMap(([, row]) => {
    const cells = [...row];
    return [cells.map((cell) => '▀█'.includes(cell)), cells.map((cell) => '▄█'.includes(cell))];
  });
  const scale = 4, side = rows.length * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (rows[Math.floor(y / scale)][Math.floor(x / scale)]) pixels.fill(0, 4 * (y * side + x), 4 * (y * side + x) + 3);
  return jsqr(pixels, side, side)?.data;
}

test('https without a proxy', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t), pair = certificate(folder, 'good');
  const server = await start(t, folder, ['serve', '--port', '0', ...tls(pair)]);
  const claimLink = server.lines[0];
  const url = new URL(claimLink).origin, ca = readFileSync(pair[0]);

  await t.test('speaks TLS 1.2 and 1.3, nothing older and nothing plain', async () => {
    assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const reply = await get(`${url}/healthz`, {ca});
    assert.equal(reply.status, 200);
    assert.match((await get(claimLink, {ca})).headers['set-cookie']?.join() ?? 'Secure', /Secure/);
    assert.equal((await get(`${url}/healthz`, {ca, maxVersion: 'TLSv1.2'})).status, 200);
    await assert.rejects(get(`${url}/healthz`, {ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1'}));
    await assert.rejects(fetch(url.replace('https:', 'http:')));
  });

  await t.test('a member answers over it', async () => {
    const owner = await person(browser, {ignoreHTTPSErrors: true, language: 'en-GB'});
    await owner.goto(claimLink);
    const next = async (values = {}) => {
      for (const [name, value] of Object.entries(values)) await owner.fill(`[name=${name}]`, value);
      await owner.click('main form button[type=submit]');
    };
    await next({name: 'Ada', address: 'ada@example.org', organisation: 'Works'});
    await next({team: 'Blue', members: Array.from({length: 6}, (_, i) => `m${i + 1}@example.org`).join('\n')});
    await next(); // how often
    await next(); // the promise
    await next(); // the round
    const member = await person(browser, {link: await signinLink(folder, 'm1@example.org', url), ignoreHTTPSErrors: true});
    await answerAndSend(member, '4');
  });

  await t.test('doctor knows the certificate', async () => {
    const doctor = async (...more) => {
      const {code, out} = await hecht(folder, 'doctor', '--url', 'https://trust.example.org', '--json', ...more);
      return {code, found: JSON.parse(out).findings.find(({name}) => name === 'certificate')};
    };
    assert.equal((await doctor(...tls(pair))).found.state, 'ok');
    assert.equal((await doctor(...tls(certificate(folder, 'soon', {days: '3'})))).found.state, 'warning');
    const other = await doctor(...tls(certificate(folder, 'other', {host: 'DNS:else.example.org'})));
    assert.equal(other.found.state, 'wrong');
    assert.match(other.found.what, /trust\.example\.org/);
    assert.equal(other.code, 1);
    assert.equal((await doctor('--tls-cert', pair[0], '--tls-key', certificate(folder, 'third')[1])).found.state, 'wrong');
    assert.equal((await doctor('--tls-cert', pair[1], '--tls-key', pair[1])).found.state, 'wrong');
  });
});

test('serve refuses what cannot work', async (t) => {
  const folder = temporaryFolder(t), [cert] = certificate(folder, 'one'), [, key] = certificate(folder, 'two');
  const serve = (...more) => hecht(folder, 'serve', '--port', '0', ...more);
  for (const [more, words, code] of [
    [['--tls-cert', cert], /go together/, 2],
    [['--tls-cert', cert, '--tls-key', key], /not that of the certificate/, 1],
    [['--tls-cert', key, '--tls-key', key], /no certificate/, 1],
    [['--tls-cert', cert, '--tls-key', cert], /no private key/, 1],
    [['--tls-cert', path.join(folder, 'none'), '--tls-key', key], /cannot open/, 1],
  ]) {
    const reply = await serve(...more);
    assert.match(reply.err, words);
    assert.equal(reply.code, code);
  }
});

test('hecht doctor', async (t) => {
  const folder = temporaryFolder(t);
  const doctor = async (...more) => {
    const {code, out} = await hecht(folder, 'doctor', '--json', ...more);
    const found = Object.fromEntries(JSON.parse(out).findings.map((finding) => [finding.name, finding]));
    for (const {state, remedy} of Object.values(found)) assert.equal(remedy !== '', state !== 'ok', 'whatever is wrong has a remedy');
    return {code, found};
  };

  await t.test('without a database', async () => {
    const {code, found} = await doctor();
    assert.equal(code, 1);
    assert.equal(found.database.state, 'wrong');
  });
  const server = await start(t, folder, ['serve', '--port', '0']);

  await t.test('a server that only this machine reaches', async () => {
    const {code, found} = await doctor();
    assert.equal(code, 1);
    assert.equal(found.database.state, 'ok');
    assert.equal(found.owner.state, 'warning');
    assert.equal(found.https.state, 'wrong');
    assert.equal(found.address.state, 'ok');
  });
  await t.test('a key file that others may read', async () => {
    const file = path.join(folder, 'hecht.db.key');
    assert.equal((await doctor()).found['key-file'].state, 'ok');
    chmodSync(file, 0o644);
    assert.equal((await doctor()).found['key-file'].state, 'wrong');
    chmodSync(file, 0o600);
  });
  await t.test('an address at which nobody or somebody else answers', async () => {
    const site = http.createServer((request, reply) => reply.end('<title>A shop</title>')).listen(0, '127.0.0.1');
    await new Promise((done) => site.once('listening', done));
    t.after(() => site.close());
    const elsewhere = `http://127.0.0.1:${site.address().port}`;
    assert.match((await doctor('--url', elsewhere)).found.address.what, /something else/);
    assert.match((await doctor('--url', 'http://127.0.0.1:9')).found.address.what, /does not answer/);
    assert.match((await doctor('--voice-origin', server.url)).found['voice-origin'].what, /served|answers/);
  });
  await t.test('on a terminal, a code that a phone reads; none in a pipe', async () => {
    const command = [HECHT, 'doctor', '--url', 'https://trust.example.org'];
    let shown = '';
    try {
      shown = execFileSync('script', ['-qec', command.join(' '), '/dev/null'], {cwd: folder, env: environment(folder), encoding: 'utf8'});
    } catch (error) {
      shown = error.stdout; // there are findings
    }
    assert.equal(read(shown), 'https://trust.example.org/phone');
    assert.doesNotMatch((await hecht(folder, 'doctor', '--url', 'https://trust.example.org')).out, /\x1b/);
  });
  await t.test('words for people, and wrong use', async () => {
    const {code, out} = await hecht(folder, 'doctor');
    assert.equal(code, 1);
    assert.match(out, /^WRONG +https /m);
    assert.equal((await hecht(folder, 'doctor', 'x')).code, 2);
    assert.equal((await hecht(folder, 'doctor', '--tls-cert', 'x')).code, 2);
    assert.equal((await hecht(folder, 'doctor', '--url', 'nonsense')).code, 1);
    assert.match((await hecht(folder, 'doctor', '--help')).out, /Examples:/);
  });
});
