// Mail with a real SMTP server: from the invitation to the answer by the links in mails; who wants none; a server that refuses,
// puts off, hangs up or is away; several processes.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import test from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {answerAndSend, assertGoodPage, DESKTOP, launch, person, PHONE} from './chromium.mjs';
import {claim, closeRound, database, environment, hecht, HECHT, openRound, sql, start, temporaryFolder, Visitor} from './hecht.mjs';
import {certificate, freePort, links, mailbox, signinLink, stopLink} from './mailbox.mjs';

const PUBLIC = 'https://trust.example.org', FROM = 'hecht@example.org';
const MEMBERS = 'Zoë Çelik <zoe@example.org>\nAnne, van der <anne@example.org>\nBo <bo@example.org>\nCas <cas@example.org>\nDré <dré@voorbeeld.nl>\nEva <eva@example.org>';
const ADDRESSES = ['zoe@example.org', 'anne@example.org', 'bo@example.org', 'cas@example.org', 'dré@voorbeeld.nl', 'eva@example.org'];

async function serve(t, folder, box, {port, ...more} = {}) {
  const own = port ?? await freePort();
  const server = await start(t, folder, ['serve', '--listen', `127.0.0.1:${own}`, '--url', PUBLIC, '--smtp-url', box.url ?? box, '--mail-from', FROM], 1, more);
  return Object.assign(server, {url: `http://127.0.0.1:${own}`, origin: PUBLIC, port: own});
}

// A proxy that does https, as in real life; the links of mails lead to it as they stand.
async function proxy(t, folder, port) {
  const {cert, key} = certificate(folder);
  const server = https.createServer({cert, key}, (request, response) => {
    const inner = http.request({host: '127.0.0.1', port, path: request.url, method: request.method, headers: request.headers}, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    inner.on('error', () => response.destroy());
    request.pipe(inner);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => { server.closeAllConnections(); server.close(); });
  return server.address().port;
}

const visitor = (server, language) => Object.assign(new Visitor(server.url, language), {origin: PUBLIC});
const anyHour = (owner) => owner.submit('/settings/mail', '/settings/mail', {zone: 'Europe/Amsterdam', from: '0', until: '24', weekends: 'yes'});
const to = (mails, address) => mails.find((mail) => mail.rcpt[0] === address);

function assertDecent(mail, language) {
  assert.equal(mail.rcpt.length, 1);
  assert.equal(mail.from.value[0].address, FROM);
  assert.equal(mail.from.value[0].name, 'Test "Wörks", B.V.');
  assert.equal(mail.to.value.length, 1);
  assert.equal(mail.to.value[0].address, mail.rcpt[0]);
  assert.ok(Math.abs(mail.date - Date.now()) < 60000);
  assert.match(mail.messageId, /^<[0-9a-f]{48}@example\.org>$/);
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  assert.match(mail.raw, /^Content-Type: multipart\/alternative; boundary=/m);
  assert.ok(mail.html.includes(`<html lang="${language}">`));
  // Nothing is fetched, nothing counts who reads it, no figure of a result.
  assert.doesNotMatch(mail.html, /<img|<link|<script|<iframe|src=|url\(|@import|background=/i);
  for (const link of links(mail)) assert.ok(link.startsWith(`${PUBLIC}/`), link);
  for (const line of mail.raw.split('\r\n')) assert.ok(line.length <= 998 && !/[\r\n]/.test(line));
  for (const text of [mail.text, mail.html.replace(/<style>[\s\S]*<\/style>/, '')]) assert.doesNotMatch(text, /\d[.,]\d(?!\d)/);
}

for (const [language, engine] of [['nl', 'sqlite'], ['en', 'postgres']])
  test(`from the invitation to the answer by mail, ${language} on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine), box = await mailbox(t);
    const server = await serve(t, folder, box);
    const secure = await proxy(t, folder, server.port);
    const browser = await launch(t, [`--host-resolver-rules=MAP trust.example.org:443 127.0.0.1:${secure}`]);
    const open = (link, more = {}) => person(browser, {link, language: language === 'nl' ? 'nl-NL' : 'en-GB', ignoreHTTPSErrors: true, ...more});
    const {owner} = await claim(server, {language, organisation: 'Test "Wörks", B.V.', members: MEMBERS});
    owner.language = language;
    let invitations, rounds;

    await t.test('what leaves is said before it does', async () => {
      assert.match((await owner.page('/people')).text, language === 'nl' ? /6 mensen zijn nog niet uitgenodigd/ : /6 people have not been invited yet/);
      const {text} = await owner.page('/people/invite');
      for (const part of ['Zoë Çelik', 'dré@voorbeeld.nl']) assert.ok(text.includes(part), part);
      assert.equal(box.connections, 0);
    });
    await t.test('invitations, each to one person, in their language', async () => {
      await owner.submit('/people/invite', '/people/invite');
      invitations = await box.wait(6);
      assert.deepEqual(invitations.map((mail) => mail.rcpt[0]).sort(), [...ADDRESSES].sort());
      for (const mail of invitations) assertDecent(mail, language);
      assert.equal(to(invitations, 'zoe@example.org').to.value[0].name, 'Zoë Çelik');
      assert.match(invitations[0].subject, language === 'nl' ? /nodigt je uit/ : /invites you/);
      assert.equal(new Set(invitations.map(signinLink)).size, 6);
      assert.doesNotMatch((await owner.page('/people')).text, /nog niet uitgenodigd|not been invited/);
    });
    await t.test('nobody is invited twice', async () => {
      await owner.submit('/people/invite', '/people/invite', {who: 'new'}).catch(() => {});
      await box.wait(0, 0);
    });
    await t.test('a scanner that opens every link changes nothing', async () => {
      for (const mail of invitations)
        for (const link of links(mail))
          for (let i = 0; i < 5; i++) {
            const {status} = await visitor(server).send(new URL(link).pathname);
            assert.equal(status, 200, link);
            assert.equal((await fetch(server.url + new URL(link).pathname, {method: 'HEAD'})).status, 200);
          }
      assert.equal(sql(address, 'SELECT count(*) FROM web_session'), '1');
      assert.equal(sql(address, 'SELECT count(*) FROM mail_recipient WHERE stopped = 1'), '0');
    });
    await t.test('the link signs in, once', async () => {
      const link = signinLink(to(invitations, 'zoe@example.org'));
      const page = await open(link);
      await page.waitForURL(/\/teams\/\d+$/);
      await page.goto(link); // the same mail, opened again: where one is signed in, it leads in
      assert.match(new URL(page.url()).pathname, /^\/teams\/\d+$/);
      await page.context().close();
      const other = await visitor(server, language).send(new URL(link).pathname);
      assert.equal(other.status, 410);
      assert.match(other.text, language === 'nl' ? /komt meteen per mail/ : /comes by mail at once/);
    });
    await t.test('hours and time zone are set by the owner', async () => {
      const page = await owner.page('/settings/mail');
      assert.match(page.text, /Europe\/Amsterdam/);
      const wrong = await owner.submit(page, '/settings/mail', {from: '18', until: '8'});
      assert.equal(wrong.status, 422);
      const strange = await owner.submit('/settings/mail', '/settings/mail', {zone: '../../etc/passwd'});
      assert.equal(strange.status, 422);
      assert.equal((await anyHour(owner)).status, 200);
    });
    await t.test('the round opens: one link, how long, until when; and one answers from there', async () => {
      assert.match((await owner.page('/rounds/opening?form=pulse')).text, language === 'nl' ? /krijgt nu een mail/ : /gets a mail with a link now/);
      await openRound(owner);
      rounds = await box.wait(6);
      for (const mail of rounds) assertDecent(mail, language);
      const mail = to(rounds, 'anne@example.org');
      assert.match(mail.subject, language === 'nl' ? /10 vragen/ : /10 questions/);
      assert.match(mail.text, language === 'nl' ? /anderhalve minuut/ : /a minute and a half/);
      const page = await open(signinLink(mail));
      await answerAndSend(page);
      await page.context().close();
    });
    await t.test('reminders are the same for who answered and who did not', () => {
      const rows = sql(address, "SELECT kind, count(*), count(DISTINCT due_at) FROM outbox GROUP BY kind ORDER BY kind").split('\n');
      assert.deepEqual(rows, ['round-last|6|1', 'round-middle|6|1']);
    });
    await t.test('one click in a mail program stops mail, without a cookie, in both forms of RFC 8058', async () => {
      const [first, second] = ['bo@example.org', 'cas@example.org'].map((one) => to(rounds, one));
      assert.equal(first.headers.get('list').unsubscribe.url, stopLink(first));
      assert.match(first.raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
      const target = (mail) => server.url + new URL(stopLink(mail)).pathname;
      const form = new FormData();
      form.append('List-Unsubscribe', 'One-Click');
      for (const [mail, body] of [[first, new URLSearchParams({'List-Unsubscribe': 'One-Click'})], [second, form]]) {
        const response = await fetch(target(mail), {method: 'POST', body, redirect: 'manual'});
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('set-cookie'), null);
      }
      assert.equal(sql(address, 'SELECT count(*) FROM mail_recipient WHERE stopped = 1'), '2');
      const false_one = target(first).slice(0, -3) + 'AAA';
      assert.equal((await fetch(false_one, {method: 'POST', body: new URLSearchParams()})).status, 404);
    });
    await t.test('the page with a button does it as well, and the own page turns it on again', async () => {
      const page = await open(undefined, {viewport: PHONE});
      await page.goto(stopLink(to(rounds, 'eva@example.org')));
      await assertGoodPage(page);
      await page.click('main button[type=submit]');
      await page.waitForSelector('h1');
      await assertGoodPage(page);
      assert.equal(sql(address, 'SELECT count(*) FROM mail_recipient WHERE stopped = 1'), '3');
      await page.goto(signinLink(to(rounds, 'eva@example.org')));
      await page.click('main button[type=submit]');
      await page.goto(`${PUBLIC}/me`);
      await assertGoodPage(page);
      await page.click('#mail button[type=submit]');
      await page.waitForURL('**/me#mail');
      assert.equal(sql(address, 'SELECT count(*) FROM mail_recipient WHERE stopped = 1'), '2');
      await page.context().close();
    });
    await t.test('the result is there: to everybody who wants mail, without a figure', async () => {
      await closeRound(owner);
      const mails = await box.wait(5); // four members and the leader
      for (const mail of mails) assertDecent(mail, language);
      assert.ok(to(mails, 'ada@example.org') && !to(mails, 'bo@example.org') && !to(mails, 'cas@example.org'));
      assert.equal(sql(address, 'SELECT count(*) FROM outbox'), '0');
    });
    await t.test('a mail that comes back later: the address is told of, mail rests, somebody tries again', async () => {
      const bounce = (mail, rcpt, status, action = 'failed') => execFileSync(HECHT, ['mail', 'bounced'], {cwd: folder, env: {...environment(folder)}, input: [
        'From: MAILER-DAEMON@mx.example', `To: ${FROM}`, 'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"', '',
        '--=_b', 'Content-Type: text/plain', '', 'Sorry.', '--=_b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example', '',
        `Final-Recipient: rfc822; ${rcpt}`, `Action: ${action}`, `Status: ${status}`, '', '--=_b', 'Content-Type: message/rfc822', '', mail.raw, '--=_b--', ''].join('\r\n')}).toString();
      const refused = () => sql(address, 'SELECT count(*) FROM mail_recipient WHERE refused_code <> 0');
      const mail = to(rounds, 'zoe@example.org');
      const forged = {raw: to(rounds, 'anne@example.org').raw.replaceAll('anne@', 'zoe@')}; // the mail of somebody else
      assert.match(bounce(forged, 'zoe@example.org', '5.1.1'), /^0 refused, 0 for now, 1 not/);
      assert.match(bounce(mail, 'zoe@example.org', '4.2.2', 'delayed'), /^0 refused, 1 for now/);
      assert.equal(refused(), '0');
      assert.match(bounce(mail, 'forwarded@else.example', '5.1.1'), /^1 refused/); // forwarded: the mail says to whom it went
      assert.equal(refused(), '1');
      const page = await owner.page((await owner.page('/people')).text.match(/\/people\/team\/\d+/)[0]);
      assert.match(page.text, language === 'nl' ? /weigert mail sinds/ : /refuses mail since/);
      await owner.submit('/people/invite', '/people/invite', {who: 'refused'});
      const [again] = await box.wait(1);
      assert.equal(again.rcpt[0], 'zoe@example.org');
      for (let i = 0; i < 50 && refused() !== '0'; i++) await sleep(50);
      assert.equal(refused(), '0');
    });
    await t.test('a phone tests itself', async () => {
      const page = await open(undefined, {viewport: PHONE});
      await page.goto(`${PUBLIC}/phone`);
      await page.locator('#phone-said', {hasText: language === 'nl' ? 'Ja. Dit apparaat' : 'Yes. This device'}).waitFor();
      await assertGoodPage(page);
      assert.equal(await page.locator('#phone .is-good').count(), 4);
      assert.deepEqual(await page.evaluate(async () => [localStorage.length, (await indexedDB.databases()).map(({name}) => name)]), [0, []]);
      await page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', {value: undefined}));
      await page.reload();
      await page.locator('[data-check=storage].is-bad').waitFor();
      assert.match(await page.innerText('[data-check=storage]'), language === 'nl' ? /onthoudt niets/ : /remembers nothing/);
      assert.match(await page.innerText('#phone-said'), language === 'nl' ? /Nog niet/ : /Not yet/);
      const {text, headers} = await visitor(server, language).page('/phone'); // without scripts
      assert.match(text, language === 'nl' ? /bereikt Hecht op trust\.example\.org[\s\S]*<noscript>[\s\S]*niet bekijken/ : /reaches Hecht at trust\.example\.org[\s\S]*<noscript>[\s\S]*could not look/);
      assert.equal(headers.get('set-cookie'), null);
      await page.context().close();
    });
    await t.test('a mail a week is off, and turned on by oneself', async () => {
      const mine = visitor(server, language), link = new URL(signinLink(to(invitations, 'eva@example.org'))).pathname;
      await mine.submit(link, link);
      const wants = () => sql(address, 'SELECT count(*) FROM mail_recipient WHERE digest = 1');
      assert.equal(wants(), '0');
      await mine.submit('/me', '/me/mail', {mail: 'digest-on'});
      assert.equal(wants(), '1');
      assert.match((await mine.page('/me')).text, /value="digest-off"/);
      await mine.submit('/me', '/me/mail', {mail: 'digest-off'});
      assert.equal(wants(), '0');
    });
    await t.test('a link by mail for whoever asks; the page says the same to strangers', async () => {
      const seen = [];
      for (const typed of ['bo@example.org', 'Stranger@example.org', 'dré@voorbeeld.nl']) {
        const asking = visitor(server, language);
        const {status, text} = await asking.submit('/signin', '/signin', {address: typed});
        seen.push(`${status} ${text.replace(/name="(csrf|once)" value="[^"]*"/g, '')}`);
      }
      assert.equal(new Set(seen).size, 1);
      const mails = await box.wait(2);
      for (const mail of mails) {
        assertDecent(mail, language);
        assert.equal(mail.headers.get('list'), undefined);
      }
      const link = new URL(signinLink(to(mails, 'bo@example.org'))).pathname;
      assert.equal((await visitor(server).submit(link, link)).status, 200);
      const wrong = await visitor(server, language).submit('/signin', '/signin', {address: 'no address'});
      assert.equal(wrong.status, 422);
    });
    await t.test('the pages are good, on a phone by day or on a desk by night', async () => {
      await owner.submit('/people', '/people/team', {name: 'Red', leader: '', members: 'f1@example.org\nf2@example.org'});
      const page = await open(undefined, language === 'nl' ? {viewport: PHONE} : {viewport: DESKTOP, colorScheme: 'dark'});
      await page.goto(`${PUBLIC}/signin`);
      await assertGoodPage(page);
      await page.context().addCookies([...owner.cookies].map(([name, value]) => ({name, value, url: PUBLIC})));
      for (const path of ['/people', '/people/invite', '/settings/mail', '/rounds/opening?form=pulse']) {
        await page.goto(PUBLIC + path);
        await assertGoodPage(page);
      }
      await page.context().close();
    });
    await t.test('the log names nobody', () => assert.doesNotMatch(server.words, /@|signin\/|stop\//));
  });

test('mail in trouble', async (t) => {
  const folder = temporaryFolder(t), address = database(t, folder, 'sqlite');
  const away = await freePort();
  let server = await serve(t, folder, `smtp://127.0.0.1:${away}`);
  const {owner} = await claim(server, {members: ADDRESSES.map((one, i) => `Name${i} <${one}>`).join('\n'), organisation: 'Test "Wörks", B.V.'});
  await anyHour(owner);
  const restart = async (box) => { await server.stop(); server = await serve(t, folder, box, {port: server.port}); };
  const dueNow = () => { // and somebody asks for a link, which wakes the sender
    sql(address, 'UPDATE outbox SET due_at = 0, claimed_until = 0');
    return visitor(server).submit('/signin', '/signin', {address: 'stranger@example.org'});
  };
  let box;

  await t.test('a server that is away: nothing is lost, and all of it leaves once it is there', async () => {
    await owner.submit('/people/invite', '/people/invite');
    for (let i = 0; i < 100 && !/mail waits/.test(server.words); i++) await sleep(50);
    assert.match(server.words, /mail waits, and is tried again in 1 minutes: nothing answers/);
    assert.equal(sql(address, 'SELECT count(*) FROM outbox'), '6');
    assert.match((await owner.page('/people/invite')).text, /6 invitations are waiting/);
    box = await mailbox(t, {port: away});
    await restart(box);
    assert.equal((await box.wait(6)).length, 6);
    assert.equal(sql(address, 'SELECT count(*) FROM outbox'), '0');
  });
  await t.test('who is refused is shown to the owner in words; who is put off waits', async () => {
    box.rules.to = (one) => ({'bo@example.org': 550, 'cas@example.org': 451})[one];
    await openRound(owner);
    await box.wait(4);
    assert.match((await owner.page('/people')).text, /1 address does not take mail/);
    const {text} = await owner.page('/people/invite');
    assert.match(text, /bo@example\.org[\s\S]*code 550/);
    assert.equal(sql(address, "SELECT attempts, due_at > 1000 FROM outbox WHERE kind = 'round-open'"), '1|1');
    box.rules.to = undefined;
    sql(address, "DELETE FROM outbox WHERE kind <> 'round-open'");
    await dueNow();
    assert.equal((await box.wait(1))[0].rcpt[0], 'cas@example.org');
  });
  await t.test('an owner tries the refused one again', async () => {
    const form = Visitor.forms((await owner.page('/people/invite')).text).find(({html}) => html.includes('value="refused"'));
    await owner.post(new URL('/people/invite', server.url), new URLSearchParams(form.fields));
    assert.equal((await box.wait(1))[0].rcpt[0], 'bo@example.org');
    assert.doesNotMatch((await owner.page('/people')).text, /does not take mail/);
  });
  await t.test('a connection that breaks, or a message that is refused', async () => {
    let broken = 0;
    box.rules.data = () => (broken++ === 0 ? 'drop' : undefined);
    await visitor(server).submit('/signin', '/signin', {address: 'anne@example.org'});
    for (let i = 0; i < 100 && broken === 0; i++) await sleep(50);
    for (let i = 0; i < 100 && sql(address, "SELECT count(*) FROM outbox WHERE kind = 'signin' AND claimed_until = 0") !== '1'; i++) await sleep(50);
    await dueNow();
    await restart(box);
    const [mail] = await box.wait(1);
    assert.equal(mail.rcpt[0], 'anne@example.org');
    box.rules.data = () => 554;
    await visitor(server).submit('/signin', '/signin', {address: 'eva@example.org'});
    for (let i = 0; i < 100 && sql(address, 'SELECT count(*) FROM mail_recipient WHERE refused_code = 554') !== '1'; i++) await sleep(50);
    assert.equal(sql(address, 'SELECT count(*) FROM outbox'), '0');
    box.rules.data = undefined;
  });
  await t.test('a name that holds line ends begins no header', async () => {
    const eve = visitor(server);
    await eve.submit('/signin', '/signin', {address: 'zoe@example.org'});
    const [mail] = await box.wait(1);
    const link = new URL(signinLink(mail)).pathname;
    await eve.submit(link, link);
    assert.equal((await eve.submit('/me', '/me/name', {name: 'Eve\r\nBcc: all@example.org'})).status, 422);
    sql(address, "UPDATE person SET name = 'Eve' || char(13) || char(10) || 'Bcc: all@example.org' || char(13) || char(10) || char(13) || char(10) || '<b>' WHERE address = 'zoe@example.org'");
    await visitor(server).submit('/signin', '/signin', {address: 'zoe@example.org'});
    const [evil] = await box.wait(1);
    assert.deepEqual(evil.rcpt, ['zoe@example.org']);
    assert.equal(evil.headers.get('bcc'), undefined);
    assert.equal(evil.to.value.length, 1);
    assertDecent(evil, 'en');
    assert.ok(!evil.html.includes('<b>'));
  });
  await t.test('without https no mail leaves, and the pages say so', async () => {
    await server.stop();
    const plain = await start(t, folder, ['serve', '--port', String(server.port), '--smtp-url', box.url, '--mail-from', FROM]);
    assert.match(plain.words, /no mail leaves/);
    const page = await new Visitor(plain.url).page('/signin');
    assert.match(page.text, /hecht signin-link/);
    assert.equal(Visitor.forms(page.text).filter(({action}) => action === '/signin').length, 0);
    await plain.stop();
    await box.wait(0, 0);
  });
});

test('two processes on one PostgreSQL send each mail once', async (t) => {
  const folder = temporaryFolder(t), address = database(t, folder, 'postgres'), box = await mailbox(t);
  const server = await serve(t, folder, box);
  const people = Array.from({length: 60}, (_, i) => `m${i}@example.org`);
  const {owner} = await claim(server, {members: people.join('\n')});
  const second = await serve(t, folder, box);
  const wakeSecond = () => visitor(second).submit('/signin', '/signin', {address: 'stranger@example.org'});
  box.rules.delay = 40; // so that neither is done before the other begins
  await anyHour(owner);
  for (const begin of [() => owner.submit('/people/invite', '/people/invite'), () => openRound(owner)]) {
    await begin();
    await wakeSecond();
    const mails = await box.wait(60, 40);
    assert.deepEqual(mails.map((mail) => mail.rcpt[0]).sort(), [...people].sort());
    assert.equal(new Set(mails.map(({messageId}) => messageId)).size, 60);
    assert.ok(new Set(mails.map(({session}) => session)).size >= 2, 'both sent some');
  }
  assert.equal(sql(address, "SELECT count(*) FROM outbox WHERE kind IN ('invitation', 'round-open')"), '0');
  assert.doesNotMatch(server.words + second.words, /mail/);
});

test('hecht mail test says what is wrong', async (t) => {
  const folder = temporaryFolder(t), tls = certificate(folder), login = `${folder}/login`, wrong = `${folder}/wrong`;
  writeFileSync(login, 'user\nsecret word\n');
  writeFileSync(wrong, 'user\nother\n');
  const auth = ({username, password}, session, done) => (username === 'user' && password === 'secret word' ? done(null, {user: 1}) : done(new Error('no')));
  const plain = await mailbox(t), encrypted = await mailbox(t, {tls, authOptional: false, onAuth: auth}), wrapped = await mailbox(t, {tls, secure: true});
  const at = (box, scheme = 'smtp', host = '0.0.0.0') => `${scheme}://${host}:${box.port}`;
  const mail = (...args) => hecht(folder, 'mail', 'test', 'me@example.org', '--mail-from', FROM, ...args);
  for (const [name, args, code, words] of [
    ['a server on this machine', ['--smtp-url', plain.url], 0, /took a mail for me@example\.org/],
    ['no encryption on the way', ['--smtp-url', at(plain)], 1, /offers no encryption/],
    ['none wanted', ['--smtp-url', at(plain), '--smtp-plain'], 0, /took a mail/],
    ['a certificate that nobody vouches for', ['--smtp-url', at(encrypted)], 1, /certificate of the mail server is not trusted/],
    ['no login', ['--smtp-url', at(encrypted), '--smtp-ca', tls.certFile], 1, /does not let this sender send[\s\S]*530/],
    ['a wrong login', ['--smtp-url', at(encrypted), '--smtp-ca', tls.certFile, '--smtp-login', wrong], 1, /does not accept the user and password/],
    ['all in order', ['--smtp-url', at(encrypted), '--smtp-ca', tls.certFile, '--smtp-login', login], 0, /took a mail/],
    ['encrypted from the first byte', ['--smtp-url', at(wrapped, 'smtps'), '--smtp-ca', tls.certFile], 0, /took a mail/],
    ['the wrong kind of encryption', ['--smtp-url', at(plain, 'smtps')], 1, /no encrypted connection/],
    ['nothing there', ['--smtp-url', `smtp://127.0.0.1:${await freePort()}`], 1, /nothing answers/],
    ['no such name', ['--smtp-url', 'smtp://mail.invalid:587'], 1, /name of the mail server is not known/],
    ['a password on the command line', ['--smtp-url', 'smtp://user:secret@mail.example.org:587'], 2, /without a name/],
    ['no port', ['--smtp-url', 'smtp://mail.example.org'], 2, /smtp:\/\/host:port/],
    ['a login that is none', ['--smtp-url', plain.url, '--smtp-login', tls.certFile], 1, /two lines/],
    ['no login file', ['--smtp-url', plain.url, '--smtp-login', `${folder}/nothing`], 1, /nothing/],
    ['no server', [], 2, /--smtp-url/],
  ])
    await t.test(name, async () => {
      const done = await mail(...args);
      assert.equal(done.code, code, done.err);
      assert.match(done.err, words);
      assert.equal(done.out, '');
    });
  await t.test('a sender or an address that the server refuses', async () => {
    plain.rules.from = () => 553;
    assert.match((await mail('--smtp-url', plain.url)).err, /does not let this sender send[\s\S]*553/);
    plain.rules = {to: () => 550};
    assert.match((await mail('--smtp-url', plain.url)).err, /does not take mail for this address[\s\S]*550/);
    plain.rules = {};
  });
  await t.test('by environment and credential, as the service has it', async () => {
    Object.assign(process.env, {HECHT_SMTP_URL: at(encrypted), HECHT_MAIL_FROM: FROM, HECHT_SMTP_CA: tls.certFile, CREDENTIALS_DIRECTORY: folder});
    t.after(() => ['HECHT_SMTP_URL', 'HECHT_MAIL_FROM', 'HECHT_SMTP_CA', 'CREDENTIALS_DIRECTORY'].forEach((name) => delete process.env[name]));
    writeFileSync(`${folder}/hecht-smtp`, 'user\r\nsecret word\r\n');
    const done = await hecht(folder, 'mail', 'test', 'me@example.org');
    assert.equal(done.code, 0, done.err);
  });
});
