// Roles of people who stand apart: given and taken by an owner, seen by those who may, and read-only for who has them. And what
// others see, with invented data.
import assert from 'node:assert/strict';
import test from 'node:test';

import {claim, closeRound, database, hecht, openRound, signIn, signinLink, sql, start, temporaryFolder} from './hecht.mjs';
import {launch, person, assertGoodPage, PHONE, DESKTOP} from './chromium.mjs';

const EXAMPLES = ['leader', 'member', 'new-team', 'few-answers', 'viewer', 'confidant', 'auditor', 'works-council'];
const main = (text) => text.match(/<main[\s\S]*<\/main>/)[0];
const give = (owner, role, address, name = '') => owner.submit('/roles', '/roles/give', {role, address, name});
const takeForm = (page, role, name) => [...page.text.matchAll(/<form[^>]*action="\/roles\/take"[\s\S]*?<\/form>/g)].map(([form]) => form)
  .find((form) => form.includes(`value="${role}"`) && form.includes(name));
const take = async (owner, role, name) => {
  const form = takeForm(await owner.page('/roles'), role, name);
  const body = new URLSearchParams([...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  return owner.post('/roles/take', body);
};

for (const engine of ['sqlite', 'postgres'])
  test(`roles, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']), {url} = server;
    const {owner} = await claim(server, {leads: 'other', leader: 'lee@example.org'});
    const as = (who) => signIn(folder, url, `${who}@example.org`);
    const member = await as('a1'), leader = await as('lee');
    const team = new URL((await leader.page('/')).url).pathname;

    await t.test('the page teaches before anybody has one, and every mistake is told', async () => {
      const {text} = await owner.page('/roles');
      assert.equal(text.match(/Nobody yet\./g).length, 3);
      assert.equal(text.match(/Does not see/g).length, 3);
      assert.match(text, /Ada Owner became: Owner/);
      const nobody = await owner.submit('/roles', '/roles/give', {address: 'x@example.org', name: 'Xa'});
      assert.equal(nobody.status, 422);
      assert.match(nobody.text, /Choose a role/);
      assert.match(nobody.text, /value="x@example.org"/); // nothing is lost
      for (const [role, who, sentence] of [['auditor', 'no address', /address/], ['auditor', '', /address/], ['council', 'ada@example.org', /This is an owner/], ['king', 'x@example.org', /Choose a role/]]) {
        const again = await give(owner, role, who);
        assert.equal(again.status, 422, `${role} ${who}`);
        assert.match(again.text, sentence);
      }
      assert.equal(sql(address, 'SELECT count(*) FROM seat'), '0');
      assert.equal(sql(address, "SELECT count(*) FROM person WHERE address = 'x@example.org'"), '0');
    });
    await t.test('a confidant is somebody to talk to for every team but the own', async () => {
      assert.doesNotMatch((await member.page(team)).text, /rather talk/);
      await give(owner, 'confidant', 'toos@example.org', 'Toos <b>');
      await give(owner, 'confidant', 'lee@example.org');
      for (const path of [team, `${team}/answer`]) {
        const {text} = await member.page(path);
        assert.match(text, /rather talk[\s\S]*Toos &lt;b&gt;[\s\S]*href="mailto:toos@example.org"/, path);
        assert.doesNotMatch(main(text), /mailto:lee@/, path);
      }
      const toos = await as('toos'), first = await toos.page('/');
      assert.equal(new URL(first.url).pathname, '/roles/confidant');
      assert.match(first.text, /This is what teams see[\s\S]*mailto:toos@example.org/);
      for (const path of [team, `${team}/talk`, '/organisation', '/people', '/rounds', '/roles', '/view-as/leader', '/roles/auditor', '/roles/works-council'])
        assert.equal((await toos.page(path)).status, 403, path);
      assert.match((await toos.page('/me')).text, /Confidant/);
      assert.match((await leader.page('/roles/confidant')).text, /you lead every team there is/);
      await take(owner, 'confidant', 'Lee');
    });
    await t.test('a person may be a member and have roles; the menu shows both', async () => {
      await give(owner, 'auditor', 'a1@example.org');
      const {text} = await member.page(team);
      assert.match(text, /<nav class="menu"[\s\S]*href="\/roles\/auditor"[\s\S]*<\/nav>/);
      assert.equal((await member.page(`${team}/answer`)).status, 200);
      assert.equal((await take(owner, 'auditor', 'A1')).status, 303);
      assert.equal((await member.page('/roles/auditor')).status, 403);
      assert.doesNotMatch((await member.page(team)).text, /\/roles\/auditor/);
    });
    await t.test('a form sent twice gives once', async () => {
      const shown = await owner.page('/roles');
      await owner.submit(shown, '/roles/give', {role: 'auditor', address: 'anja@example.org', name: 'Anja'});
      await owner.submit(shown, '/roles/give', {role: 'auditor', address: 'other@example.org', name: 'Other'});
      assert.equal(sql(address, "SELECT count(*) FROM seat WHERE seat = 'auditor'"), '1');
      assert.equal(sql(address, "SELECT count(*) FROM role_change WHERE role = 'auditor' AND given = 1"), '2'); // a1 before
    });
    await give(owner, 'council', 'omar@example.org', 'Omar');
    const auditor = await as('anja'), council = await as('omar');
    await t.test('auditor and works council begin on a page that teaches', async () => {
      const a = await auditor.page('/'), c = await council.page('/');
      assert.equal(new URL(a.url).pathname, '/roles/auditor');
      assert.match(a.text, /There is no log yet[\s\S]*hecht witness --init/);
      assert.equal(new URL(c.url).pathname, '/roles/works-council');
      assert.match(c.text, /Smallest group[\s\S]*5 answers[\s\S]*None\. When an owner changes something/);
    });
    await t.test('they read every change of a role, and change nothing', async () => {
      for (const visitor of [auditor, council]) {
        const {text} = await visitor.page('/roles');
        assert.match(text, /Omar became: Works council[\s\S]*Anja became: Auditor[\s\S]*A1 is no longer: Auditor[\s\S]*A1 became: Auditor[\s\S]*became: Confidant[\s\S]*By Ada Owner on/);
        assert.doesNotMatch(text, /roles\/(give|take)/);
        assert.equal((await visitor.post('/roles/give', new URLSearchParams({role: 'auditor', address: 'me@example.org'}))).status, 403);
        assert.equal((await visitor.post('/settings', new URLSearchParams({k: '9'}))).status, 403);
        assert.doesNotMatch((await visitor.page('/settings')).text, /<form[^>]*action="\/settings/);
        assert.equal((await visitor.page('/works-council')).status, 200);
      }
      assert.equal(sql(address, "SELECT count(*) FROM role_change WHERE by_id <> (SELECT person_id FROM person WHERE address = 'ada@example.org')"), '0');
    });
    await t.test('the only owner stays: there is no way to take that role', async () => {
      const id = sql(address, "SELECT person_id FROM person WHERE address = 'ada@example.org'");
      await owner.submit('/people', '/people/viewer', {address: 'vi@example.org', name: 'Vi'});
      await owner.submit('/people', '/people/viewer/remove', {person: id});
      const form = {person: id, role: 'owner'};
      assert.equal((await owner.submit('/roles', '/roles/take', form)).status, 400);
      assert.equal((await owner.page('/people')).status, 200);
      assert.equal(sql(address, "SELECT count(*) FROM org_role WHERE role = 'owner'"), '1');
      assert.equal(sql(address, "SELECT count(*) FROM role_change WHERE role = 'owner' AND given = 0"), '0');
    });
    await t.test('the auditor sees the state of logs and witnesses, and no figure', async () => {
      const made = await hecht(folder, 'witness', '--init', 'council.example.org', '--state', 'witness');
      await owner.submit('/settings', '/settings/witness', {key: made.out.trim()});
      await openRound(owner);
      for (let i = 1; i <= 6; i++)
        assert.equal((await hecht(folder, 'answer', await signinLink(folder, `a${i}@example.org`, url), '--values', '4,4,4,4,4,4,4,4,4,4')).code, 0);
      assert.match((await auditor.page('/roles/auditor')).text, /0 closed, 1 open[\s\S]*Has not signed yet[\s\S]*has not signed: 1</);
      await closeRound(owner);
      assert.equal((await hecht(folder, 'witness', url, '--state', 'witness')).code, 0);
      const {text} = await auditor.page('/roles/auditor');
      assert.match(text, /Entries in them<\/dt><dd>2<[\s\S]*1 closed, 0 open[\s\S]*Published records<\/dt><dd>1<[\s\S]*Has signed all logs/);
      assert.match((await council.page('/roles/works-council')).text, /council\.example\.org/);
      assert.match((await member.page(team)).text, /4\.0/); // there is a figure, and it is the team's
      const rid = sql(address, engine === 'sqlite' ? 'SELECT lower(hex(rid)) FROM team_round' : "SELECT encode(rid, 'hex') FROM team_round");
      for (const visitor of [auditor, council])
        for (const path of ['/roles/auditor', '/roles/works-council', '/roles', '/settings', '/works-council']) {
          const shown = main((await visitor.page(path)).text);
          assert.ok(!shown.includes(rid) && !/Blue|4\.0/.test(shown), path);
        }
    });
    await t.test('of the settings the works council is told the last change', async () => {
      await owner.submit('/settings', '/settings', {k: '6'});
      assert.match((await council.page('/roles/works-council')).text, /6 answers[\s\S]*by Ada Owner/);
    });
    await t.test('examples hold nothing real, and nothing in them leads or sends', async () => {
      for (const visitor of [owner, council])
        for (const example of EXAMPLES) {
          const page = await visitor.page(`/view-as/${example}`);
          assert.equal(page.status, 200);
          const shown = page.text.slice(page.text.indexOf('class="apart view-as"'), page.text.indexOf('</main>'));
          assert.match(page.text, /Example, not your team/);
          assert.ok(shown.length > 500, example);
          for (const real of ['Blue', 'a1@example.org', 'toos@example.org', 'Ada', 'Test Works', team]) assert.ok(!shown.includes(real), `${example}: ${real}`);
          assert.deepEqual([...shown.matchAll(/\s(?:href|action|formaction|src)="(?!#|\/view-as\/)([^"]*)"/g)].map(([, to]) => to), [], example);
          assert.doesNotMatch(shown, /<form|<script|name="(csrf|once)"|<button(?![^>]* disabled)/, example);
        }
      assert.equal((await owner.page('/view-as/everything')).status, 404);
      assert.match((await owner.page('/view-as/leader')).text, /Harbour[\s\S]*Trust in Noor[\s\S]*Your guess/);
      assert.doesNotMatch((await owner.page('/view-as/member')).text, /Your guess/);
      assert.match((await owner.page('/view-as/viewer')).text, /Workshop[\s\S]*too few answers/);
    });
  });

test('pages of roles, as people see them', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  database(t, folder, 'sqlite');
  const server = await start(t, folder, ['serve', '--port', '0']), {url} = server;
  const {owner} = await claim(server, {leads: 'other', leader: 'lee@example.org', language: 'nl'});
  const states = {};
  const enter = async (who) => {
    const page = await person(browser, {link: await signinLink(folder, `${who}@example.org`, url)});
    await page.waitForURL((address) => !address.pathname.startsWith('/signin'));
    states[who] = await page.context().storageState();
    return page;
  };
  await t.test('an owner gives the roles by keyboard, without script', async () => {
    await (await enter('ada')).context().close();
    const page = await person(browser, {state: states.ada, javaScriptEnabled: false});
    for (const [role, who] of [['confidant', 'robin'], ['auditor', 'anja'], ['council', 'omar']]) {
      await page.goto(`${url}/roles`);
      await page.locator(`input[type=radio][value=${role}]`).press('Space');
      await page.locator('#address').fill(`${who}@example.org`);
      await page.locator('#name').fill(who);
      await page.locator('#name').press('Enter');
      await page.locator(`[aria-labelledby=role-${role}]`, {hasText: `${who}@example.org`}).waitFor();
    }
    await page.context().close();
  });
  for (const who of ['robin', 'anja', 'omar', 'a1']) await (await enter(who)).context().close();
  const team = new URL((await (await signIn(folder, url, 'lee@example.org')).page('/')).url).pathname;
  await (await signIn(folder, url, 'ada@example.org')).submit('/people', '/people/viewer', {address: 'vi@example.org', name: 'Vi'});
  const addresses = {
    ada: ['/roles', '/people', ...EXAMPLES.map((example) => `/view-as/${example}`)],
    robin: ['/roles/confidant'],
    anja: ['/roles/auditor', '/roles'],
    omar: ['/roles/works-council', '/view-as/leader', '/works-council'],
    a1: [team, `${team}/answer`],
  };
  for (const [who, list] of Object.entries(addresses))
    for (const address of list)
      for (const [language, viewport, colorScheme] of [['nl-NL', PHONE, 'light'], ['en-GB', DESKTOP, 'dark']])
        await t.test(`${who} ${address.replace(/\d{6,}/, 'N')} ${language}`, async () => {
          const page = await person(browser, {language, viewport, colorScheme, state: states[who]});
          await page.goto(`${url}${address}?language=${language.slice(0, 2)}`);
          await page.evaluate(() => document.querySelectorAll('main details').forEach((fold) => { fold.open = true; }));
          await assertGoodPage(page, {narrow: viewport === PHONE});
          await page.context().close();
        });
  await t.test('nothing in an example can be reached by the keyboard, but what opens in place', async () => {
    const page = await person(browser, {state: states.ada});
    await page.goto(`${url}/view-as/leader`);
    const reached = await page.evaluate(() => [...document.querySelectorAll('.view-as :is(a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, [tabindex])')].length);
    assert.equal(reached, 0);
    await page.locator('.view-as summary').first().press('Enter');
    assert.equal(await page.locator('.view-as details[open]').count(), 1);
    await page.locator('.view-as a.button').first().click({force: true});
    assert.equal(new URL(page.url()).pathname, '/view-as/leader');
    await page.context().close();
  });
  void owner;
});
