// People from a file: what an owner sees before anything changes, and that it changes once, whole, or not at all.
import test from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import {writeFileSync} from 'node:fs';
import {start, hecht, signinLink, temporaryFolder, claim, database, Visitor} from './hecht.mjs';
import {launch, person, assertGoodPage, PHONE, DESKTOP} from './chromium.mjs';

const rows = (count, more = '') => 'E-mail;Naam;Team;Rol;Afdeling\r\n' + Array.from({length: count}, (_, i) =>
  `p${i}@example.org;"Person, ${i}";Team ${i % 250};${i < 250 ? 'leidinggevende' : 'lid'};Unit ${i % 10} / Part ${i % 50}\r\n`).join('') + more;
const members = async (owner) => (await owner.page('/people')).text.match(/([\d,.]+) team members?/)[1];
const preview = (owner, file, add = '0') => owner.submit('/people/import', '/people/import', {file, add}, {follow: false});
const apply = (owner, page) => owner.submit(page, '/people/import/apply', {}, {follow: false});

for (const engine of ['sqlite', 'postgres'])
  test(`a file of people over HTTP, ${engine}`, async (t) => {
    const folder = temporaryFolder(t);
    database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']);
    const {owner} = await claim(server);
    const before = await members(owner);

    await t.test('3,000 people are shown within two seconds, and nothing has changed', async () => {
      const begin = Date.now();
      const page = await preview(owner, rows(3000));
      const taken = Date.now() - begin;
      t.diagnostic(`preview of 3,000 people, ${engine}: ${taken} ms`);
      assert.equal(page.status, 200);
      assert.ok(taken < 2000, `${taken} ms`);
      assert.match(page.text, /2,750 people join a team/);
      assert.match(page.text, /The leaders of 250 teams change/);
      assert.match(page.text, /250 new teams/);
      assert.match(page.text, /60 new units/);
      assert.equal(await members(owner), before);
    });
    await t.test('applying does it once, however often the form is sent', async () => {
      const page = await preview(owner, rows(3000));
      const begin = Date.now();
      const first = await apply(owner, page);
      t.diagnostic(`applying it, ${engine}: ${Date.now() - begin} ms`);
      assert.equal(first.status, 303);
      assert.equal(first.headers.get('location'), '/people/import?done=1');
      assert.equal(await members(owner), '2,756');
      const second = await apply(owner, page);
      assert.equal(second.status, 303);
      assert.equal(await members(owner), '2,756');
      assert.match((await preview(owner, rows(3000))).text, /Nothing would change/);
    });
    await t.test('one mistake among 3,000 rows is named, and nothing changes', async () => {
      const page = await preview(owner, rows(3000, 'late@example.org;Late;;lid;\r\n'));
      assert.equal(page.status, 422);
      assert.match(page.text, /1 mistake in the file/);
      assert.match(page.text, /Line 3,002:/);
      assert.match(page.text, /The team is missing/);
      assert.ok(page.text.includes('late@example.org;Late;;lid;')); // what was sent is still there
    });
    await t.test('when people change in between, the new preview is shown and nothing was done', async () => {
      const file = 'email,team\na1@example.org,Blue\nfresh@example.org,Blue\n';
      const page = await preview(owner, file);
      assert.match(page.text, /5 people leave a team/);
      const team = (await owner.page('/people')).text.match(/href="\/people\/team\/(\d+)">Blue</)[1];
      await owner.submit(`/people/team/${team}`, `/people/team/${team}/members`, {members: 'between@example.org'});
      const count = await members(owner), stale = await apply(owner, page);
      assert.equal(stale.status, 409);
      assert.match(stale.text, /People changed in the meantime/);
      assert.match(stale.text, /6 people leave a team/);
      assert.equal(await members(owner), count);
      assert.equal((await apply(owner, stale)).status, 303);
      const {text} = await owner.page(`/people/team/${team}`);
      assert.ok(text.includes('fresh@example.org') && !text.includes('between@example.org'));
      assert.equal((await owner.page('/people')).status, 200); // who leads no team any more is still an owner
    });
    await t.test('a digest of something else does nothing', async () => {
      const page = await preview(owner, 'email,team\nz@example.org,Blue\n', '1');
      const changed = await owner.submit(page, '/people/import/apply', {add: '0'}, {follow: false});
      assert.equal(changed.status, 409);
      assert.equal((await owner.submit(page, '/people/import/apply', {seen: 'x'}, {follow: false})).status, 409);
    });
    if (engine === 'postgres')
      await t.test('a preview of one server is applied by another', async () => {
        const other = await start(t, folder, ['serve', '--port', '0']);
        const page = await preview(owner, 'email,team\nelsewhere@example.org,Elsewhere\n');
        const visitor = new Visitor(other.url);
        visitor.cookies = owner.cookies;
        const answer = await visitor.submit({...page, url: new URL('/people/import', other.url)}, '/people/import/apply', {}, {follow: false});
        assert.equal(answer.status, 303);
        assert.match((await owner.page('/people?find=Elsewhere')).text, />Elsewhere</);
      });
    await t.test('others may not', async () => {
      const nobody = new Visitor(server.url);
      assert.equal((await nobody.send('/people/import')).status, 303);
      const member = new Visitor(server.url), link = await signinLink(folder, 'a1@example.org', server.url);
      await member.submit(new URL(link).pathname, new URL(link).pathname);
      assert.equal((await member.send('/people/import')).status, 403);
      const csrf = (await owner.page('/people/import')).text.match(/name="csrf" value="([^"]+)"/)[1];
      for (const action of ['/people/import', '/people/import/apply'])
        assert.equal((await member.post(action, new URLSearchParams({csrf, file: rows(3)}))).status, 403);
      assert.ok(!(await owner.page('/people?find=Team')).text.includes('p2999@example.org'));
    });
    await t.test('50,000 rows with one mistake', async () => {
      const file = 'email,team\n' + Array.from({length: 50000}, (_, i) => `somebody${i === 43209 ? '' : '@'}example${i}.org,Team ${i % 5000}\n`).join('');
      const begin = Date.now(), page = await preview(owner, file);
      t.diagnostic(`50,000 rows with one mistake, ${engine}: ${Date.now() - begin} ms`);
      assert.equal(page.status, 422);
      assert.match(page.text, /1 mistake in the file/);
      assert.match(page.text, /Line 43,211:/);
    });
    await t.test('a file that is too large is refused in words', async () => {
      const page = await preview(owner, 'email,team\n' + 'x'.repeat(6.5 * 2 ** 20));
      assert.equal(page.status, 422);
      assert.match(page.text, /larger than 6 MB/);
    });
    await t.test('the same at the prompt', async () => {
      const file = path.join(folder, 'staff.csv');
      writeFileSync(file, 'email,team,unit\nprompt@example.org,Prompt,Care / North\n');
      const args = ['import', 'people', file];
      const dry = await hecht(folder, ...args, '--dry-run');
      assert.equal(dry.code, 0, dry.err);
      assert.match(dry.out, /1 person joins a team\n {2}Prompt: prompt@example.org · Prompt/);
      assert.doesNotMatch((await owner.page('/people?find=Prompt')).text, />Prompt</);
      const done = JSON.parse((await hecht(folder, ...args, '--json')).out);
      assert.deepEqual([done.applied, done.new_people, done.new_units], [true, 1, [{team: 'Care'}, {team: 'Care › North'}]]);
      assert.match((await owner.page('/people?find=Prompt')).text, />Prompt</);
    });
  });

const WORDS = {
  nl: {locale: 'nl-NL', lines: 'E-mail;Voornaam;Achternaam;Team;Rol;Afdeling;Salaris\r\n', seen: /Niet gebruikt.*Salaris/, talk: /minder dan 5 leden/, done: /De mensen uit het bestand staan in Hecht/, wrong: /Regel 2:/},
  en: {locale: 'en-GB', lines: 'E-mail,First name,Last name,Team,Role,Unit,Salary\r\n', seen: /Not used.*Salary/, talk: /fewer than 5 members/, done: /The people of the file are in Hecht/, wrong: /Line 2:/},
};

for (const [language, words] of Object.entries(WORDS))
  for (const [device, viewport, colorScheme] of [['phone', PHONE, 'light'], ['desktop', DESKTOP, 'dark']])
    test(`a file of people in a browser, ${language}, ${device}`, async (t) => {
      const folder = temporaryFolder(t), browser = await launch(t);
      const server = await start(t, folder, ['serve', '--port', '0']);
      await claim(server, {language});
      const page = await person(browser, {language: words.locale, viewport, colorScheme, link: await signinLink(folder, 'ada@example.org', server.url)});
      const cell = language === 'nl' ? ';' : ',';
      const row = (...cells) => cells.join(cell) + '\r\n';
      const choose = (text, encoding) => page.setInputFiles('#choose', {name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text, encoding)});
      await page.goto(`${server.url}/people`);
      await page.click('a[href="/people/import"]');
      await assertGoodPage(page);
      await t.test('a file that is too large is not even read', async () => {
        await choose('x'.repeat(6 * 2 ** 20 + 1));
        await page.waitForFunction(() => document.querySelector('[data-file-read]').textContent.includes('6 MB'));
        assert.equal(await page.inputValue('#file'), '');
      });
      await t.test('a mistake is named, and the field has what was sent', async () => {
        await choose(words.lines + row('nobody', 'A', 'B', 'North', '', '', ''));
        await page.locator('form.card button[type=submit]').press('Enter');
        await page.waitForSelector('.errors');
        assert.match(await page.textContent('.errors'), words.wrong);
        assert.ok((await page.inputValue('#file')).includes('nobody'));
        await assertGoodPage(page);
      });
      await t.test('a file as Excel writes it is read, shown and applied', async () => {
        await choose(words.lines + row('zoe@example.org', 'Zo\u00eb', 'de Wit', 'North', 'leader', 'Care / Day', '1000')
          + row('bo@example.org', 'Bo', 'Smit', 'North', '', 'Care / Day', '1000'), 'latin1');
        await page.waitForFunction(() => document.getElementById('file').value.includes('Zo\u00eb'));
        await page.locator('form.card button[type=submit]').press('Enter');
        await page.waitForSelector('details.card');
        const text = await page.textContent('main');
        assert.match(text, words.seen);
        assert.match(text, words.talk);
        for (const summary of await page.locator('main summary').all()) await summary.press('Enter');
        assert.ok((await page.innerText('main')).includes('Zo\u00eb de Wit'));
        await assertGoodPage(page);
        await page.locator('form[action="/people/import/apply"] button').press('Enter');
        await page.waitForURL('**/people/import?done=1');
        assert.match(await page.textContent('.notice.done'), words.done);
        await assertGoodPage(page);
      });
      await t.test('a unit and a team get another name and place', async () => {
        await page.goto(`${server.url}/people`);
        assert.match(await page.textContent('main'), /Care › Day/);
        await page.locator('summary', {has: page.locator(':scope')}).evaluateAll((all) => all.forEach((s) => { s.parentElement.open = true; }));
        await assertGoodPage(page);
        await page.click('a:text-is("Care › Day")');
        await assertGoodPage(page);
        await page.fill('#name', 'Night');
        await page.selectOption('#above', '0');
        await page.click('form.card button[type=submit]');
        await page.waitForURL('**/people');
        assert.match(await page.textContent('main'), /Night/);
        assert.doesNotMatch(await page.textContent('main'), /Care › /);
        await page.click('a:text-is("North")');
        await page.click('a[href$="/name"]');
        await page.fill('#name', 'Blue'); // there is one
        await page.click('form.card button[type=submit]');
        await page.waitForSelector('.errors');
        await assertGoodPage(page);
        await page.fill('#name', 'North-east');
        await page.selectOption('#above', {label: 'Care'});
        await page.click('form.card button[type=submit]');
        await page.waitForSelector('h1:text-is("North-east")');
        assert.match(await page.textContent('.eyebrow'), /Care/);
        await assertGoodPage(page);
      });
    });

test('without scripts the rows are pasted', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  await claim(server);
  const page = await person(browser, {language: 'en-GB', link: await signinLink(folder, 'ada@example.org', server.url), javaScriptEnabled: false});
  await page.goto(`${server.url}/people/import`);
  assert.equal(await page.locator('#choose').isVisible(), false);
  await page.fill('#file', 'E-mail\tName\tTeam\nbo@example.org\tBo\tNorth\n'); // as a spreadsheet copies it
  await page.click('form.card button[type=submit]');
  await page.click('form[action="/people/import/apply"] button');
  assert.match(await page.textContent('main'), /The people of the file are in Hecht/);
});
