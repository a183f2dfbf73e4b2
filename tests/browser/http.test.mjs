// The real program over HTTP, without a browser: the claim, permissions, wrong requests, durability.
import test from 'node:test';
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {start, hecht, claim, signIn, signinLink, temporaryFolder, database, openRound, closeRound, Visitor, CLAIM} from './hecht.mjs';

test('an unclaimed installation', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const visitor = new Visitor(server.url);
  await t.test('prints its claim link first', () => assert.match(server.lines[0], /^http:\/\/127\.0\.0\.1:\d+\/claim\/[\w-]{20,}$/));
  for (const address of ['/', '/signin', '/organisation', '/teams/1', '/api/rounds', '/api/answers', '/nonsense'])
    await t.test(`answers 503 on ${address}`, async () => assert.equal((await visitor.send(address)).status, 503));
  await t.test('is alive', async () => assert.equal((await visitor.send('/healthz')).status, 200));
  await t.test('refuses another token', async () => assert.equal((await visitor.send('/claim/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).status, 404));
  const link = new URL(server.lines[0]).pathname;
  await t.test('keeps what was typed when something is wrong', async () => {
    const response = await visitor.submit(link, link, {...CLAIM, address: 'not an address'});
    assert.ok(response.status >= 400 && response.status < 500, String(response.status));
    assert.match(response.text, /role="alert"/);
    assert.match(response.text, /Test Works/);
  });
  await t.test('escapes what was typed', async () => {
    const response = await visitor.submit(link, link, {...CLAIM, address: '', organisation: '"><script>alert(1)</script>'});
    assert.ok(!response.text.includes('<script>alert'));
    assert.match(response.text, /&lt;script&gt;/);
  });
  const {owner, response} = await claim(server);
  await t.test('is claimed once', () => assert.equal(response.status, 200));
  await t.test('and never again', async () => assert.equal((await visitor.send(link)).status, 404));
  await t.test('the owner is signed in', async () => assert.equal((await owner.send('/people')).status, 200));
  await t.test('the leader is not a respondent of the own team', async () => {
    const {text} = await owner.page('/people');
    assert.match(text, /Blue/);
  });
  await t.test('a second server on the same port says so', async () => {
    const second = await hecht(folder, 'serve', '--port', new URL(server.url).port, '--db', 'other.db');
    assert.equal(second.code, 1);
    assert.match(second.err, new RegExp(new URL(server.url).port));
  });
  await t.test('stops when asked', async () => assert.equal(await server.stop(), 0));
});

test('signing in', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  await claim(server);
  const link = await signinLink(folder, 'a1@example.org', server.url);
  const at = new URL(link).pathname;
  const visitor = new Visitor(server.url);
  await t.test('looking at a link five times does not spend it', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await new Visitor(server.url).send(at)).status, 200);
  });
  await t.test('sending it does', async () => {
    const response = await visitor.submit(at, at, {}, {follow: false});
    assert.equal(response.status, 303);
    const cookie = response.headers.getSetCookie()[0];
    assert.match(cookie, /HttpOnly/i);
    assert.match(cookie, /SameSite=Lax/i);
  });
  await t.test('once', async () => assert.equal((await new Visitor(server.url).send(at)).status, 410));
  await t.test('an unknown address gets no link', async () => {
    const refused = await hecht(folder, 'signin-link', 'nobody@example.org');
    assert.equal(refused.code, 1);
  });
  await t.test('the person is told that the operator made a link', async () => {
    const {text} = await visitor.page('/me');
    assert.match(text, /link/i);
  });
  await t.test('signing out ends it', async () => {
    await visitor.submit('/me', '/signout');
    assert.equal((await visitor.send('/me')).status, 303);
  });
});

// The promise, to the letter: what a member reads before the first question, and that no more words stand before it.
const FIRST_SCREEN = {
  nl: 'Je antwoord wordt bewaard zonder je naam: in wat Hecht opslaat, kan niemand, ook je leidinggevende of de beheerder niet, terugvinden wat jij hebt gezegd. Een uitkomst komt er pas bij 5 antwoorden of meer; in een klein team kunnen mensen wel gissen, en wie de server stiekem ombouwt, kan meekijken wanneer je verstuurt: later versturen maakt dat moeilijker.',
  en: 'Your answer is kept without your name: from what Hecht stores, nobody, not your leader and not the administrator, can find out what you said. A result appears only from 5 answers on; in a small team people can still guess, and someone who secretly rebuilds the server could watch when you send: sending later makes that harder.',
};

test('the first screen', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {language: 'nl'});
  await openRound(owner);
  const member = await signIn(folder, server.url, 'a1@example.org');
  const team = (await member.page('/me')).text.match(/\/teams\/(\d+)/)[1];
  for (const [language, promise] of Object.entries(FIRST_SCREEN))
    await t.test(language, async () => {
      await member.submit('/me', '/language', {language});
      const {text} = await member.page(`/teams/${team}/answer?language=${language}`);
      const [, first] = text.match(/data-step="start">([\s\S]*?)<\/section>/);
      assert.equal(first.match(/class="answer-promise">([\s\S]*?)<\/p>/)[1].replace(/<\/?span>/g, '').trim(), promise);
      const words = first.replace(/<noscript>[\s\S]*<\/noscript>/, '').replace(/<[^>]*>/g, ' ');
      assert.doesNotMatch(words, /token|receipt|code|bewijs|kwitantie|vier woorden|four words/i);
    });
});

test('who may see what', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server);
  const member = await signIn(folder, server.url, 'a1@example.org');
  const nobody = new Visitor(server.url);
  const {text} = await owner.page('/');
  const team = text.match(/\/teams\/(\d+)/)[1];
  await owner.submit('/people', '/people/team', {name: 'Green', leader: 'gl@example.org', members: 'g1@example.org, g2@example.org'});
  const other = await signIn(folder, server.url, 'g1@example.org');
  const rows = [
    ['/people', 303, 403, 200], ['/rounds', 303, 403, 200], ['/rounds/opening', 303, 403, 200], ['/organisation', 303, 403, 200], ['/me', 303, 200, 200],
    [`/teams/${team}`, 303, 200, 200], [`/teams/${team}/guess`, 303, 403, 200], [`/teams/${team}/answer`, 303, 200, 403],
    [`/teams/${team}/talk`, 303, 200, 200], ['/how', 200, 200, 200], ['/signin', 200, 200, 200], ['/teams/1', 303, 404, 404], ['/nonsense', 404, 404, 404],
  ];
  for (const [address, forNobody, forMember, forOwner] of rows)
    await t.test(address, async () => {
      assert.equal((await nobody.send(address)).status, forNobody, 'nobody');
      const seen = (await member.send(address)).status;
      assert.ok(seen === forMember || (address === '/signin' && seen === 303), `member: ${seen}`);
      const own = (await owner.send(address)).status;
      assert.ok(own === forOwner || (address === '/signin' && own === 303), `owner: ${own}`);
    });
  await t.test('a member of another team sees nothing of this one', async () => {
    for (const address of [`/teams/${team}`, `/teams/${team}/talk`, `/teams/${team}/answer`])
      assert.ok([403, 404].includes((await other.send(address)).status), address);
  });
  await t.test('the owner who leads no other team sees no other team page', async () => {
    const {text: people} = await owner.page('/people');
    const green = [...people.matchAll(/\/people\/team\/(\d+)/g)].map((m) => m[1]).find((id) => id !== team);
    assert.ok([403, 404].includes((await owner.send(`/teams/${green}`)).status));
  });
  await t.test('a form without its secret is refused', async () => {
    const response = await owner.post('/rounds/open', new URLSearchParams({}));
    assert.equal(response.status, 403);
  });
  await t.test('a form from another site is refused', async () => {
    const response = await owner.send('/rounds/open', {method: 'POST', body: 'csrf=x',
      headers: {'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site'}});
    assert.equal(response.status, 403);
  });
  await t.test('opening a round asks first', async () => {
    const page = await owner.page('/rounds/opening?form=full');
    assert.match(page.text, /2 teams, 8 members/);
    assert.match(page.text, /1 team has fewer than 5 members/);
    const form = Visitor.forms(page.text).find((f) => f.action === '/rounds/open');
    const unsure = new URLSearchParams(form.fields.filter(([name]) => name !== 'sure'));
    const asked = await owner.post('/rounds/open', unsure);
    assert.equal(asked.status, 303);
    assert.equal(asked.headers.get('location'), '/rounds/opening?form=full');
    assert.match((await owner.page('/rounds')).text, /\/rounds\/opening/);
  });
  await t.test('GET changes nothing', async () => {
    for (const address of ['/rounds/open', '/rounds/close', '/signout', '/people/team'])
      assert.equal((await owner.send(address)).status, 405, address);
  });
  await t.test('every page says how it may be used', async () => {
    for (const address of ['/', '/me', '/people', '/how', '/nonsense']) {
      const {headers} = await owner.page(address);
      assert.match(headers.get('content-security-policy'), /default-src 'none'/);
      assert.ok(!/unsafe/.test(headers.get('content-security-policy')));
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
    }
  });
  await t.test('a form that is sent twice does it once', async () => {
    const page = await owner.page('/people');
    const form = Visitor.forms(page.text).find((f) => f.action.split('?')[0].endsWith('/people/team'));
    const body = new URLSearchParams(form.fields);
    for (const [k, v] of Object.entries({name: 'Twice', leader: '', members: 't1@example.org'})) body.set(k, v);
    const first = await owner.post('/people/team', body);
    const second = await owner.post('/people/team', body);
    assert.equal(first.status, 303);
    assert.ok([303, 409].includes(second.status), String(second.status));
    const {text: people} = await owner.page('/people');
    assert.equal(people.split('>Twice<').length <= 3, true);
  });
});

for (const engine of ['sqlite', 'postgres'])
  test(`a round at the prompt, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t);
    database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']);
    const {owner} = await claim(server, {organisation: `Works ${engine}`});
    await t.test('opens', async () => assert.equal((await openRound(owner)).status, 200));
    await t.test('a second one does not', async () => {
      const forms = Visitor.forms((await owner.page('/rounds')).text);
      assert.ok(!forms.some((f) => f.action.split('?')[0].endsWith('/rounds/opening')));
    });
    const questions = JSON.parse((await (await signIn(folder, server.url, 'a6@example.org')).send('/api/rounds')).text);
    await t.test('asks ten questions', () => assert.equal(questions.rounds[0].questions.length, 10));
    await t.test('about the leader by name', () => assert.match(JSON.stringify(questions), /Ada/));
    const values = ['4', '5', '4', '3', '4', '4', '2', '4', '5', '4'];
    for (let i = 1; i <= 5; i++)
      await t.test(`member ${i} answers`, async () => {
        const link = await signinLink(folder, `a${i}@example.org`, server.url);
        const answer = await hecht(folder, 'answer', link, '--values', values.join(','), '--json');
        assert.equal(answer.code, 0, answer.err);
        assert.match(JSON.parse(answer.out).receipt, /^hecht-receipt-v1\n/);
      });
    await t.test('a second answer of the same member from elsewhere is refused', async () => {
      const link = await signinLink(folder, 'a1@example.org', server.url);
      const answer = await hecht(folder, 'answer', link, '--values', values.join(','), '--state', 'elsewhere');
      assert.equal(answer.code, 1);
      assert.match(answer.err, /409/);
    });
    await t.test('nothing is told before the close', async () => {
      const exported = await hecht(folder, 'export', 'results');
      assert.deepEqual(JSON.parse(exported.out), []);
    });
    await t.test('closes', async () => assert.equal((await closeRound(owner)).status, 200));
    const exported = JSON.parse((await hecht(folder, 'export', 'results')).out);
    await t.test('the lines that are no leader line are exported', () => {
      const team = exported.find((row) => row.construct === 'team');
      assert.equal(team.shown, true);
      assert.equal(team.n, null);
      assert.ok(team.mean >= 1 && team.mean <= 5);
    });
    await t.test('the leader line is for leader and team only', () => {
      const leader = exported.find((row) => row.construct === 'leader');
      assert.equal(leader.shown, false);
      assert.equal(leader.reason, 'leader-line');
    });
    await t.test('leader and members see the same result', async () => {
      const member = await signIn(folder, server.url, 'a6@example.org');
      const home = (await owner.page('/')).text.match(/\/teams\/(\d+)/)[1];
      for (const visitor of [owner, member]) {
        const {status, text} = await visitor.page(`/teams/${home}`);
        assert.equal(status, 200);
        assert.match(text, /<svg/);
        assert.match(text, /5 or more/);
      }
    });
    await t.test('an answer that comes late is refused', async () => {
      const link = await signinLink(folder, 'a6@example.org', server.url);
      const answer = await hecht(folder, 'answer', link, '--values', values.join(','));
      assert.equal(answer.code, 1);
    });
  });

// node's fetch unpacks by itself; what was sent is told by the header.
test('pages are compressed for who asked for them here', async (t) => {
  const folder = temporaryFolder(t), server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server), cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = (address, headers) => fetch(server.url + address, {headers: {cookie, 'accept-encoding': 'gzip', ...headers}, redirect: 'manual'});
  const coding = async (address, headers) => (await send(address, headers)).headers.get('content-encoding');
  for (const site of ['same-origin', 'none']) assert.equal(await coding('/people', {'sec-fetch-site': site}), 'gzip', site);
  for (const site of ['cross-site', 'same-site', undefined]) assert.equal(await coding('/people', site ? {'sec-fetch-site': site} : {}), null, String(site));
  assert.equal(await coding('/people', {'sec-fetch-site': 'none', 'accept-encoding': 'identity'}), null);
  for (const address of ['/api/rounds', '/api/logs', '/me/data/export', '/healthz', '/']) assert.equal(await coding(address, {'sec-fetch-site': 'none'}), null, address);
  const [packed, plain] = await Promise.all([send('/how', {'sec-fetch-site': 'none'}), send('/how', {})]);
  const text = (response) => response.text().then((body) => body.replace(/name="once" value="[^"]*"/g, ''));
  assert.equal(await text(packed), await text(plain));
  assert.match(packed.headers.get('vary'), /Accept-Encoding, Sec-Fetch-Site/);
  assert.ok(Number(packed.headers.get('content-length')) < Number(plain.headers.get('content-length')) / 2);
  assert.equal((await send('/nonsense', {'sec-fetch-site': 'none'})).headers.get('content-encoding'), 'gzip', 'an error page, too');
});

test('wrong requests to the answer routes', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server);
  await openRound(owner);
  const member = await signIn(folder, server.url, 'a1@example.org');
  const reply = JSON.parse((await member.send('/api/rounds')).text);
  const {rid} = reply.rounds[0];
  const json = (visitor, address, body, headers = {}) => visitor.send(address, {method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body), headers: {'content-type': 'application/json', ...headers}});
  const token = (body, headers = {'x-csrf-token': reply.csrf}) => json(member, `/api/rounds/${rid}/token`, body, headers);
  const anybody = new Visitor(server.url);
  const answer = (body) => json(anybody, '/api/answers', body);
  const wrong = [
    ['not JSON', '{', 400], ['an array', '[]', 400], ['nothing', '', 400], ['a number', '7', 400], ['an empty object', {}, 400],
    ['duplicate members', '{"rid":"a","rid":"b"}', 400], ['deep nesting', '['.repeat(3000) + ']'.repeat(3000), 400],
    ['an unknown round', {rid: 'ab'.repeat(32), m: 'AAAA', sig: 'AAAA', opk: 'A'.repeat(87), osig: 'A'.repeat(86), version: 1, cells: [{q: 'x', value: 1, salt: '00'.repeat(32)}]}, [400, 404]],
    ['a false token', {rid, m: 'AAAA', sig: 'AAAA', opk: 'A'.repeat(87), osig: 'A'.repeat(86), version: 1, cells: [{q: 'x', value: 1, salt: '00'.repeat(32)}]}, 400],
  ];
  for (const [name, body, status] of wrong)
    await t.test(`an answer: ${name}`, async () => {
      const response = await answer(body);
      assert.ok([status].flat().includes(response.status), `${response.status}: ${response.text}`);
      assert.equal(response.headers.getSetCookie().length, 0);
    });
  await t.test('an answer that is too large', async () => assert.equal((await answer('x'.repeat(200000))).status, 413));
  await t.test('an answer as a form', async () => {
    const response = await anybody.send('/api/answers', {method: 'POST', body: 'a=b', headers: {'content-type': 'application/x-www-form-urlencoded'}});
    assert.equal(response.status, 415);
  });
  await t.test('a token without signing in', async () => assert.equal((await json(anybody, `/api/rounds/${rid}/token`, {blinded: 'AAAA'})).status, 401));
  await t.test('a token without the secret of the form', async () => assert.equal((await token({blinded: 'AAAA'}, {})).status, 403));
  await t.test('a token for a short message', async () => assert.equal((await token({blinded: 'AAAA'})).status, 400));
  await t.test('a token for the leader', async () => {
    const own = JSON.parse((await owner.send('/api/rounds')).text);
    const response = await json(owner, `/api/rounds/${rid}/token`, {blinded: 'A'.repeat(342)}, {'x-csrf-token': own.csrf});
    assert.equal(response.status, 403);
  });
  await t.test('wrong requests cost the member nothing', async () => {
    const link = await signinLink(folder, 'a1@example.org', server.url);
    const done = await hecht(folder, 'answer', link, '--values', '4,4,4,4,4,4,4,4,4,4');
    assert.equal(done.code, 0, done.err);
  });
  await t.test('the descriptor is the same for everybody and hashes to the round', async () => {
    const {createHash} = await import('node:crypto');
    const one = await anybody.send(`/api/rounds/${rid}/descriptor`), two = await member.send(`/api/rounds/${rid}/descriptor`);
    assert.equal(one.text, two.text);
    assert.equal(createHash('sha256').update(one.text).digest('hex'), rid);
  });
});

test('kill -9 in the middle of answers', async (t) => {
  const folder = temporaryFolder(t);
  let server = await start(t, folder, ['serve', '--port', '0']);
  const members = Array.from({length: 24}, (_, i) => `k${i}@example.org`);
  const {owner} = await claim(server, {members: members.join('\n')});
  await openRound(owner);
  const links = [];
  for (const address of members) links.push(await signinLink(folder, address, server.url));
  const port = new URL(server.url).port;
  const running = links.map((link) => hecht(folder, 'answer', link, '--values', '4,4,4,4,4,4,4,4,4,4'));
  await Promise.race(running);
  await server.stop('SIGKILL');
  const done = await Promise.all(running);
  const acknowledged = done.filter((answer) => answer.code === 0).length;
  server = await start(t, folder, ['serve', '--port', port]);
  await t.test('some were acknowledged', () => assert.ok(acknowledged > 0));
  let again = 0;
  for (const address of members) {
    const link = await signinLink(folder, address, server.url);
    const answer = await hecht(folder, 'answer', link, '--values', '4,4,4,4,4,4,4,4,4,4');
    again += answer.code === 0;
  }
  await t.test('everybody can answer again, whatever was lost on the way', () => assert.equal(again, members.length));
  const signed = await signIn(folder, server.url, 'ada@example.org');
  await closeRound(signed);
  const rows = JSON.parse((await hecht(folder, 'export', 'results')).out);
  await t.test('no answer is lost and none counts twice', () => {
    assert.equal(rows.find((row) => row.construct === 'team').n, members.length);
  });
});

test('databases that are not ours', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(path.join(folder, 'text.db'), 'just a text that is no database at all\n'.repeat(10));
  const refused = await hecht(folder, 'serve', '--port', '0', '--db', 'text.db');
  await t.test('a text file', () => {
    assert.equal(refused.code, 1);
    assert.match(refused.err, /text\.db/);
  });
  const server = await start(t, folder, ['serve', '--port', '0', '--db', 'own.db']);
  await claim(server);
  await server.stop();
  writeFileSync(path.join(folder, 'own.db.key'), 'hecht-key-v1 ' + '00'.repeat(32) + '\n');
  const other = await hecht(folder, 'serve', '--port', '0', '--db', 'own.db');
  await t.test('another key file', () => {
    assert.equal(other.code, 1);
    assert.match(other.err, /key/);
  });
});

test('settings that protect become stricter only', async (t) => {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server);
  const member = await signIn(folder, server.url, 'a1@example.org');
  await t.test('a member reads them and has no form', async () => {
    const {status, text} = await member.page('/settings');
    assert.equal(status, 200);
    assert.ok(!text.includes('action="/settings"'));
  });
  await t.test('an owner makes it stricter, and everybody sees who did', async () => {
    const saved = await owner.submit('/settings', '/settings', {k: '7'});
    assert.equal(saved.status, 200);
    assert.match(saved.text, /role="status"/);
    const {text} = await member.page('/settings');
    assert.match(text, /from 5 answers became results from 7/);
    assert.match(text, /By Ada Owner, on/);
  });
  for (const [k, why] of [['5', 'can only grow'], ['0', 'whole number'], ['51', 'whole number'], ['', 'whole number'], ['many', 'whole number']])
    await t.test(`"${k}" is refused, and what was typed stays`, async () => {
      const refused = await owner.submit('/settings', '/settings', {k});
      assert.equal(refused.status, 422);
      assert.match(refused.text, new RegExp(why));
      assert.match(refused.text, new RegExp(`value="${k}" aria-invalid`));
    });
  await t.test('the same form twice changes once', async () => {
    const page = await owner.page('/settings');
    assert.equal((await owner.submit(page, '/settings', {k: '8'})).status, 200);
    assert.equal((await owner.submit(page, '/settings', {k: '8'})).status, 200);
    assert.equal((await member.page('/settings')).text.match(/became results from 8/g).length, 1);
  });
  await t.test('nobody else may', async () => {
    const csrf = Visitor.forms((await member.page('/me')).text)[0].fields.find(([name]) => name === 'csrf')[1];
    assert.equal((await member.post('/settings', new URLSearchParams({csrf, once: 'x', k: '9'}))).status, 403);
  });
  await t.test('the next round has it', async () => {
    await openRound(owner);
    const {text} = await member.page('/');
    const team = text.match(/teams\/(\d+)/)[1];
    const rid = (await member.page(`/teams/${team}/answer`)).text.match(/data-rid="([0-9a-f]{64})"/)[1];
    assert.match((await new Visitor(server.url).send(`/api/rounds/${rid}/descriptor`)).text, /^k 8$/m);
  });
});
