// Hecht behind the two proxies of packaging/, as those files stand, with https and both addresses: an answer goes through, and
// nothing of it is in any log, also when Hecht does not answer.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {answerAndSend, launch, person} from './chromium.mjs';
import {signinLink, start, temporaryFolder} from './hecht.mjs';

const PACKAGING = new URL('../../packaging/', import.meta.url).pathname;
const APP = 'trust.example.org', VOICE = 'voice.example.org';

const freePort = () => new Promise((done) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => { const {port} = server.address(); server.close(() => done(port)); });
});

function certificate(folder) {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${APP}`,
    '-addext', `subjectAltName=DNS:${APP},DNS:${VOICE}`, '-keyout', key, '-out', cert], {stdio: 'ignore'});
  return {cert, key};
}

const PROXIES = {
  nginx({folder, port, backend, cert, key}) {
    const site = readFileSync(`${PACKAGING}nginx-hecht.conf`, 'utf8').replaceAll('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace(/^ *listen \[::\].*\n/gm, '').replace(/ssl_certificate_key .*;/g, `ssl_certificate_key ${key};`)
      .replace(/ssl_certificate  .*;/g, `ssl_certificate ${cert};`).replaceAll('127.0.0.1:8080', `127.0.0.1:${backend}`)
      .replaceAll('/var/log/nginx', folder);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n');
    // The machine's own settings log every visit, as Debian's do.
    writeFileSync(path.join(folder, 'nginx.conf'), `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
      events {} http { access_log ${folder}/access.log; ${temporary} ${site} }`);
    return ['nginx', ['-c', path.join(folder, 'nginx.conf'), '-p', folder]];
  },
  caddy({folder, port, backend, cert, key}) {
    const file = readFileSync(`${PACKAGING}Caddyfile`, 'utf8').replace('{\n\tlog', `{\n\tadmin off\n\tauto_https off\n\thttps_port ${port}\n\tlog`)
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${backend}`)
      .replace(/^(trust|voice)\.example\.org \{$/gm, `https://$1.example.org:${port} {\n\tbind 127.0.0.1\n\ttls ${cert} ${key}`);
    writeFileSync(path.join(folder, 'Caddyfile'), file);
    return ['caddy', ['run', '--config', path.join(folder, 'Caddyfile'), '--adapter', 'caddyfile']];
  },
};

const listFiles = (folder) => readdirSync(folder, {recursive: true}).map((name) => path.join(folder, name)).filter((name) => statSync(name).isFile());

for (const [name, prepare] of Object.entries(PROXIES))
  test(`behind ${name}`, async (t) => {
    const folder = temporaryFolder(t), own = path.join(folder, 'proxy');
    mkdirSync(own);
    const port = await freePort(), backend = await freePort();
    const server = await start(t, folder, ['serve', '--port', String(backend), '--url', `https://${APP}`, '--voice-origin', `https://${VOICE}`]);
    const [program, args] = prepare({folder: own, port, backend, ...certificate(own)});
    const home = path.join(own, 'home');
    const proxy = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home}});
    let said = '';
    for (const stream of [proxy.stdout, proxy.stderr]) stream.on('data', (data) => { said += data; });
    const ended = new Promise((done) => proxy.on('exit', done));
    t.after(() => { proxy.kill('SIGTERM'); return ended; });
    const ask = (host, address, {method = 'GET', body, headers = {}} = {}) => new Promise((resolve, reject) => {
      const request = https.request({host: '127.0.0.1', port, servername: host, path: address, method, rejectUnauthorized: false, headers: {host, ...headers}}, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString()}));
      });
      request.on('error', reject);
      request.end(body);
    });
    for (let i = 0; i < 100 && !await ask(APP, '/healthz').then(({status}) => status === 200, () => false); i++) await sleep(100);
    assert.equal((await ask(APP, '/healthz')).status, 200, said);
    const begun = said.length;

    const browser = await launch(t, [`--host-resolver-rules=MAP ${APP}:443 127.0.0.1:${port}, MAP ${VOICE}:443 127.0.0.1:${port}`]);
    await t.test('a round is opened and answered over https, through both addresses', async () => {
      const owner = await person(browser, {language: 'en-GB', ignoreHTTPSErrors: true});
      await owner.goto(server.lines[0]);
      const fill = async (fields) => { for (const [field, value] of Object.entries(fields)) await owner.fill(`[name=${field}]`, value); };
      await fill({name: 'Ada', address: 'ada@example.org', organisation: 'Test'});
      await owner.click('main form button[type=submit]');
      await owner.waitForURL('**/start/team');
      await owner.locator('[name=way][value=paste]').check();
      await fill({team: 'Blue', members: 'a1@example.org\na2@example.org\na3@example.org\na4@example.org\na5@example.org'});
      await owner.locator('[name=leads][value=self]').check();
      await owner.click('main form button[type=submit]');
      await owner.waitForURL('**/start/rhythm');
      await owner.goto(`https://${APP}/rounds/opening?form=pulse`);
      await owner.locator('form[action="/rounds/open"] button[type=submit]').click();
      await owner.waitForURL('**/rounds*');
      const page = await person(browser, {link: await signinLink(folder, 'a1@example.org', `https://${APP}`), ignoreHTTPSErrors: true});
      const seen = [];
      page.on('request', (request) => seen.push(new URL(request.url())));
      await answerAndSend(page);
      assert.ok(seen.some(({host, pathname}) => host === VOICE && pathname === '/api/answers'));
      const cookies = await page.context().cookies();
      assert.ok(cookies.every((cookie) => cookie.name.startsWith('__Host-') && cookie.secure && cookie.domain === APP));
    });
    await t.test('the second address has nothing else', async () => {
      for (const address of ['/', '/signin', '/me']) assert.notEqual((await ask(VOICE, address)).text.includes('<form'), true, address);
      assert.equal((await ask(VOICE, '/api/records')).status, 200);
    });
    await t.test('and when Hecht does not answer, a request that fails is in no log either', async () => {
      await server.stop();
      for (const host of [APP, VOICE])
        assert.equal((await ask(host, '/api/answers', {method: 'POST', body: '{}', headers: {'content-type': 'application/json', 'content-length': 2}})).status, 502);
      await sleep(300);
      const logs = listFiles(own).filter((file) => /\.log$/.test(file)).map((file) => readFileSync(file, 'utf8')).join('') + said.slice(begun) + server.words;
      for (const trace of ['/api/', 'answers', 'descriptor', '/teams', '127.0.0.1', '"remote', 'Mozilla']) assert.ok(!logs.includes(trace), `${trace} in: ${logs.slice(0, 2000)}`);
    });
  });
