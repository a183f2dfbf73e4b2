// My data: the page, the file, deletion by oneself and by owners, the last owner, sessions.
import test from 'node:test';
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {start, signinLink, signIn, temporaryFolder, claim, database, sql, openRound, closeRound, Visitor} from './hecht.mjs';
import {launch, person, answerAndSend, assertGoodPage, PHONE, DESKTOP} from './chromium.mjs';

const AGENT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15';
const kept = async (visitor) => JSON.parse((await visitor.send('/me/data/export')).text).kept;
const people = (address) => Number(sql(address, 'SELECT count(*) FROM person'));

for (const engine of ['sqlite', 'postgres'])
  test(`my data over HTTP, ${engine}`, async (t) => {
    const folder = temporaryFolder(t);
    const address = database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']);
    const {owner} = await claim(server);
    const member = (name) => signIn(folder, server.url, `${name}@example.org`);

    await t.test('nobody sees it without signing in', async () => {
      const nobody = new Visitor(server.url);
      for (const path of ['/me/data', '/me/data/export', '/people/left'])
        assert.equal((await nobody.send(path)).status, 303);
    });
    await t.test('the file has what is kept of its person, nobody else, and no secret', async () => {
      const a1 = await member('a1');
      const answer = await a1.send('/me/data/export');
      assert.match(answer.headers.get('content-type'), /^application\/json/);
      assert.match(answer.headers.get('content-disposition'), /attachment; filename="hecht-my-data.json"/);
      const file = JSON.parse(answer.text);
      assert.equal(file.format, 'hecht-my-data-v1');
      assert.equal(file.organisation, 'Test Works');
      assert.match(file.answers, /does not know which are yours/);
      assert.equal(file.kept.person[0].address, 'a1@example.org');
      assert.deepEqual(file.kept.team_role.map((r) => [r.team, r.role]), [['Blue', 'member']]);
      assert.equal(file.kept.web_session.length, 1);
      assert.equal(file.kept.operator_link.length, 1);
      assert.deepEqual(file.kept.promise, []);
      assert.doesNotMatch(answer.text, /a2@example|hash|secret|point|salt/i);
      const cookie = [...a1.cookies.values()].join();
      assert.ok(!answer.text.includes(cookie.slice(0, 12)));
      const page = await a1.page('/me/data');
      assert.match(page.text, /What nobody can show or delete/);
      assert.match(page.text, /You are no member of Blue any more/);
      assert.doesNotMatch(page.text, /only owner/);
    });
    await t.test('sessions are told apart and ended one by one, or all others at once', async () => {
      const one = await member('a2'), two = new Visitor(server.url);
      const link = new URL(await signinLink(folder, 'a2@example.org', server.url)).pathname;
      const send = two.send.bind(two);
      two.send = (where, options = {}) => send(where, {...options, headers: {...options.headers, 'user-agent': AGENT}});
      await two.submit(link, link);
      const page = await one.page('/me');
      assert.match(page.text, /iPhone/);
      assert.equal([...page.text.matchAll(/action="\/me\/sessions\/end"/g)].length, 2);
      assert.match(page.text, /Last used on/);
      const phone = Visitor.forms(page.text).find((f) => f.html.includes('Sign out: iPhone'));
      assert.equal((await one.post('/me/sessions/end', new URLSearchParams(phone.fields))).status, 303);
      assert.equal((await two.send('/me')).status, 303); // over
      assert.equal((await one.send('/me')).status, 200);
      assert.doesNotMatch((await one.page('/me')).text, /iPhone/);
      const third = await member('a2'), fourth = await member('a2');
      sql(address, `UPDATE web_session SET started_at = (SELECT max(started_at) FROM web_session)`); // all in the same second
      await third.submit('/me', '/me/sessions/others');
      assert.equal((await one.send('/me')).status, 303);
      assert.equal((await fourth.send('/me')).status, 303);
      assert.equal((await third.send('/me')).status, 200);
      assert.equal((await third.post('/me/sessions/end', new URLSearchParams({session: '7'}))).status, 403); // no CSRF token
      await third.submit('/me', '/me/sessions/end'); // the own one
      assert.equal((await third.send('/me')).status, 303);
    });
    await t.test('a session of somebody else is not ended', async () => {
      const a3 = await member('a3'), a4 = await member('a4');
      const session = (await a4.page('/me')).text.match(/name="session" value="([0-9a-f]{64})"/)[1];
      const csrf = (await a3.page('/me')).text.match(/name="csrf" value="([^"]+)"/)[1];
      assert.equal((await a3.post('/me/sessions/end', new URLSearchParams({csrf, session}))).status, 303);
      assert.equal((await a4.send('/me')).status, 200);
    });
    await t.test('the last day of use is noted', async () => {
      const a3 = await member('a3');
      sql(address, 'UPDATE web_session SET used_on = 0');
      await a3.page('/me');
      for (let i = 0; i < 50 && sql(address, 'SELECT count(*) FROM web_session WHERE used_on > 0') === '0'; i++)
        await new Promise((done) => setTimeout(done, 20));
      const day = Number(sql(address, 'SELECT max(used_on) FROM web_session'));
      assert.ok(day > 0 && day % 86400 === 0);
    });
    await t.test('the last owner cannot be deleted, and reads why', async () => {
      const page = await owner.page('/me/data');
      assert.match(page.text, /You are the only owner/);
      assert.ok(!page.text.includes('action="/me/delete"'));
      const csrf = (await owner.page('/me')).text.match(/name="csrf" value="([^"]+)"/)[1];
      const once = (await owner.page('/people')).text.match(/name="once" value="([^"]+)"/)[1]; // of another form
      assert.equal((await owner.post('/me/delete', new URLSearchParams({csrf, once, sure: 'yes'}))).status, 400);
      assert.equal((await owner.send('/me')).status, 200);
    });
    await t.test('a deletion wants the box, a token and a form of its own', async () => {
      const a5 = await member('a5');
      const before = people(address);
      const unsure = await a5.submit('/me/data', '/me/delete', {}, {follow: false});
      assert.equal(unsure.status, 422);
      assert.match(unsure.text, /Nothing has been deleted/);
      assert.equal((await a5.post('/me/delete', new URLSearchParams({sure: 'yes'}))).status, 403);
      assert.equal((await a5.submit('/me/data', '/me/delete', {sure: 'yes', once: 'x'}, {follow: false})).status, 400);
      assert.equal(people(address), before);
    });
    await t.test('somebody deletes himself in an open round', async () => {
      await openRound(owner);
      const a6 = await member('a6'), spare = await signinLink(folder, 'a6@example.org', server.url);
      assert.match((await a6.page('/me/data')).text, /A round is open, until/);
      const before = people(address);
      const gone = await a6.submit('/me/data', '/me/delete', {sure: 'yes'}, {follow: false});
      assert.equal(gone.status, 303);
      assert.equal(gone.headers.get('location'), '/signin?deleted=1');
      assert.match((await a6.page('/signin?deleted=1')).text, /You have been deleted/);
      assert.equal(a6.cookies.size, 0);
      assert.equal(people(address), before - 1);
      assert.equal((await a6.page(new URL(spare).pathname)).status, 410); // links, too
      assert.equal(sql(address, "SELECT count(*) FROM person WHERE address LIKE 'a6@%'"), '0');
      assert.equal(sql(address, 'SELECT count(*) FROM roster'), '6'); // counted when the round opened
      assert.doesNotMatch((await owner.page('/people')).text, /a6@example/);
      await closeRound(owner);
      assert.equal(sql(address, "SELECT count(*) FROM round WHERE state = 'closed'"), '1');
    });
    await t.test('an owner deletes who has left, and nobody else', async () => {
      const page = await owner.page('/people');
      const team = page.text.match(/\/people\/team\/(\d+)/)[1];
      assert.match((await owner.page('/people/left')).text, /Everybody belongs to a team/);
      const blue = await owner.page(`/people/team/${team}`);
      const forms = Visitor.forms(blue.text).filter((f) => f.action.endsWith('/remove'));
      const fields = new Map(forms[0].fields), a1 = fields.get('person');
      const still = new Map(forms[1].fields).get('person');
      await owner.post(`/people/team/${team}/remove`, new URLSearchParams([...fields]));
      const left = await owner.page('/people/left');
      assert.match(left.text, /1 person belongs to no team/);
      assert.ok(left.text.includes(`value="${a1}"`) && !left.text.includes(`value="${still}"`));
      const before = people(address);
      for (const [values, words] of [[{'person[]': a1}, /Tick the box/], [{sure: 'yes'}, /at least one person/],
        [{'person[]': still, sure: 'yes'}, /belongs to a team or has a role again/]]) {
        const refused = await owner.submit('/people/left', '/people/left', values, {follow: false});
        assert.equal(refused.status, 422);
        assert.match(refused.text, words);
      }
      assert.equal((await owner.submit('/people/left', '/people/left', {'person[]': '77', sure: 'yes'}, {follow: false})).status, 404);
      assert.equal((await owner.submit('/people/left', '/people/left', {'person[]': 'x', sure: 'yes'}, {follow: false})).status, 404);
      assert.equal(people(address), before);
      const done = await owner.submit('/people/left', '/people/left', {'person[]': a1, sure: 'yes'});
      assert.match(done.text, /1 person was deleted/);
      assert.equal(people(address), before - 1);
      const a3 = await member('a3');
      assert.equal((await a3.send('/people/left')).status, 403);
      const csrf = (await a3.page('/me')).text.match(/name="csrf" value="([^"]+)"/)[1];
      assert.equal((await a3.post('/people/left', new URLSearchParams({csrf, 'person[]': still, sure: 'yes'}))).status, 403);
      assert.equal((await a3.post('/people/owner', new URLSearchParams({csrf, person: still}))).status, 403);
    });
    await t.test('a person of another organisation is not known', async () => {
      sql(address, `INSERT INTO org (org_id, name, kind, language, k, rhythm_days, round_days, extension_days, log_public, log_seed_sealed, created_at)
        SELECT 7, 'Elsewhere', kind, language, k, rhythm_days, round_days, extension_days, log_public, log_seed_sealed, created_at FROM org LIMIT 1`);
      sql(address, "INSERT INTO person (org_id, person_id, address, name, language, created_at) VALUES (7, 99, 'far@example.net', 'Far', 'en', 1)");
      assert.ok(!(await owner.page('/people/left')).text.includes('far@example.net'));
      const refused = await owner.submit('/people', '/people/viewer', {address: 'near@example.org'}).then(async () => {
        const page = await owner.page('/people');
        return owner.submit(page, '/people/owner', {person: '99'}, {follow: false});
      });
      assert.equal(refused.status, 404);
      sql(address, "INSERT INTO person (org_id, person_id, address, name, language, created_at) SELECT org_id, 55, 'here@example.net', 'Here', 'en', 1 FROM org WHERE org_id <> 7");
      const page = await owner.page('/people/left');
      assert.ok(page.text.includes('here@example.net'));
      assert.equal((await owner.submit(page, '/people/left', {'person[]': '99', sure: 'yes'}, {follow: false})).status, 404);
      assert.equal(sql(address, 'SELECT count(*) FROM person WHERE org_id = 7'), '1');
    });
    await t.test('with another owner the first one may go; the team has no leader then', async () => {
      const {person: nearId} = Object.fromEntries(Visitor.forms((await owner.page('/people')).text).find(({action}) => action.endsWith('/people/owner')).fields.map(([name, value]) => [name, value]));
      await owner.submit('/roles', '/roles/give', {role: 'auditor', address: 'near@example.org'});
      const apart = await owner.submit('/people', '/people/owner', {person: nearId}, {follow: false});
      assert.equal(apart.status, 409); // an auditor is no owner
      assert.match(apart.text, /Take that role away first/);
      await owner.submit('/roles', '/roles/take', {role: 'auditor', person: nearId});
      await owner.submit('/people', '/people/owner', {person: nearId});
      assert.equal(sql(address, "SELECT count(*) FROM role_change WHERE role = 'owner'"), '2'); // the claim, and this
      const near = await member('near');
      assert.match((await near.page('/people')).text, /near@example.org/);
      const page = await owner.page('/me/data');
      assert.match(page.text, /Blue has no leader then, and its line about you ends/);
      assert.match(page.text, /signed description of rounds/);
      assert.ok((await kept(owner)).team_round.length > 0);
      await owner.submit(page, '/me/delete', {sure: 'yes'});
      assert.equal((await owner.send('/me')).status, 303);
      assert.equal(sql(address, "SELECT count(*) FROM person WHERE address LIKE 'ada@%'"), '0');
      assert.equal(sql(address, "SELECT count(*) FROM team_role WHERE role = 'leader'"), '0');
      for (const path of ['/people', '/organisation', '/rounds', '/settings'])
        assert.equal((await near.page(path)).status, 200, path);
      const a3 = await member('a3'), team = sql(address, "SELECT team_id FROM team WHERE org_id <> 7 LIMIT 1");
      for (const path of ['/', `/teams/${team}`, `/teams/${team}/talk`])
        assert.equal((await a3.page(path)).status, 200, path);
      assert.equal((await near.page(`/people/team/${team}`)).status, 200);
      assert.match((await near.page('/me/data')).text, /You are the only owner/);
    });
    if (engine === 'sqlite')
      await t.test('the files of the database have forgotten, too', async () => {
        await new Promise((done) => setTimeout(done, 100));
        await server.stop();
        const bytes = readFileSync(address).toString('latin1');
        for (const gone of ['a1@example.org', 'a6@example.org', 'ada@example.org']) assert.ok(!bytes.includes(gone), gone);
        assert.ok(bytes.includes('a3@example.org'));
      });
  });

const WORDS = {
  nl: {locale: 'nl-NL', link: 'Alles, als bestand, of verwijderen', nobody: /Wat niemand kan laten zien of verwijderen/, missing: /Er is niets verwijderd/, gone: /Je bent verwijderd/},
  en: {locale: 'en-GB', link: 'All of it, as a file, or deleted', nobody: /What nobody can show or delete/, missing: /Nothing has been deleted/, gone: /You have been deleted/},
};

for (const [language, words] of Object.entries(WORDS))
  for (const [device, viewport, colorScheme, javaScriptEnabled] of [['phone', PHONE, 'light', true], ['desktop without script', DESKTOP, 'dark', false]])
    test(`my data in a browser, ${language}, ${device}`, async (t) => {
      const folder = temporaryFolder(t), browser = await launch(t);
      const server = await start(t, folder, ['serve', '--port', '0']);
      const {owner} = await claim(server, {language});
      await openRound(owner);
      const page = await person(browser, {language: words.locale, viewport, colorScheme, javaScriptEnabled, link: await signinLink(folder, 'a1@example.org', server.url)});
      if (javaScriptEnabled) await answerAndSend(page);
      await page.goto(`${server.url}/me`);
      if (javaScriptEnabled) await assertGoodPage(page);
      await page.getByRole('link', {name: words.link}).click();
      await page.waitForURL('**/me/data');
      assert.match(await page.textContent('main'), words.nobody);
      if (javaScriptEnabled) await assertGoodPage(page);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
      assert.equal(download.suggestedFilename(), 'hecht-my-data.json');
      const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
      assert.equal(file.kept.person[0].address, 'a1@example.org');
      assert.equal(file.kept.issuance.length, javaScriptEnabled ? 1 : 0);
      await page.click('#delete summary');
      await page.click('form[action="/me/delete"] button');
      assert.match(await page.textContent('[role=alert]'), words.missing);
      if (javaScriptEnabled) await assertGoodPage(page);
      if (process.env.SHOTS) await page.screenshot({path: `${process.env.SHOTS}/data-${language}-${device[0]}.png`, fullPage: true});
      await page.check('#sure');
      await page.click('form[action="/me/delete"] button');
      await page.waitForURL('**/signin?deleted=1');
      assert.match(await page.textContent('[role=status]'), words.gone);
      if (javaScriptEnabled) await assertGoodPage(page);
      await page.goto(`${server.url}/me`);
      assert.match(page.url(), /\/signin/);
      await t.test('and what an owner sees of who has left', async () => {
        const team = (await owner.page('/people')).text.match(/\/people\/team\/(\d+)/)[1];
        const {fields} = Visitor.forms((await owner.page(`/people/team/${team}`)).text).find((f) => f.action.endsWith('/remove'));
        await owner.post(`/people/team/${team}/remove`, new URLSearchParams(fields));
        const hr = await person(browser, {language: words.locale, viewport, colorScheme, javaScriptEnabled, link: await signinLink(folder, 'ada@example.org', server.url)});
        await hr.goto(`${server.url}/people`);
        await hr.click('a[href="/people/left"]');
        if (javaScriptEnabled) await assertGoodPage(hr);
        await hr.check('[name="person[]"]');
        await hr.click('form[action="/people/left"] button');
        assert.match(await hr.textContent('[role=alert]'), words.missing);
        assert.ok(await hr.isChecked('[name="person[]"]')); // what was chosen is still chosen
        if (javaScriptEnabled) await assertGoodPage(hr);
        if (process.env.SHOTS) await hr.screenshot({path: `${process.env.SHOTS}/left-wrong-${language}.png`, fullPage: true});
        await hr.check('[name=sure]');
        await hr.click('form[action="/people/left"] button');
        await hr.waitForURL('**/people/left?deleted=1');
        assert.equal(await hr.locator('.notice.done').count(), 1);
        if (javaScriptEnabled) await assertGoodPage(hr);
        assert.deepEqual(hr.wrong, []);
      });
      assert.deepEqual(page.wrong, []);
    });

test('a leader who is deleted leaves results and promises without a name', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['demo', '--port', '0'], 4);
  const links = Object.fromEntries(server.lines.slice(1).map((line) => line.split(/\s+/)));
  const leader = await person(browser, {link: links.leader, language: 'en-GB', viewport: DESKTOP});
  const team = new URL(leader.url()).pathname.match(/\/teams\/\d+/)[0];
  const name = (await leader.textContent('a.mine')).trim();
  const member = await person(browser, {link: links.member, language: 'en-GB', viewport: DESKTOP});
  await member.goto(server.url + team);
  const promise = await member.textContent('blockquote');
  assert.ok((await member.textContent('main')).includes(name));
  await leader.goto(`${server.url}/me/data`);
  assert.match(await leader.textContent('main'), /Your promises/);
  const [download] = await Promise.all([leader.waitForEvent('download'), leader.click('a[download]')]);
  const {kept} = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.ok(kept.promise.length > 1 && kept.team_round.length > 10 && kept.guess.length > 1);
  await leader.click('#delete summary');
  assert.match(await leader.textContent('#delete'), /has no leader then/);
  await leader.check('#sure');
  await leader.click('form[action="/me/delete"] button');
  await leader.waitForURL('**/signin?deleted=1');
  for (const path of ['', '/talk', '/answer']) {
    await member.goto(server.url + team + path);
    await assertGoodPage(member);
  }
  await member.goto(server.url + team);
  const text = await member.textContent('main');
  assert.match(text, /somebody who was deleted/);
  assert.equal(await member.textContent('blockquote'), promise);
  assert.ok(!text.includes(name), name);
  const hr = await person(browser, {link: links.HR, language: 'en-GB', viewport: DESKTOP});
  for (const path of ['/organisation', '/settings', '/people', '/people/left'])
    assert.equal((await hr.goto(server.url + path)).status(), 200, path);
  assert.deepEqual([...leader.wrong, ...member.wrong], []);
});
