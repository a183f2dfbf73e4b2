// Every page of the demo, for every role, in both languages, on phone and desktop, light and dark.
import test from 'node:test';
import assert from 'node:assert/strict';
import {start, temporaryFolder} from './hecht.mjs';
import {launch, person, assertGoodPage, PHONE, DESKTOP} from './chromium.mjs';

test('the demo', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['demo', '--port', '0'], 4);
  const links = Object.fromEntries(server.lines.slice(1).map((line) => line.split(/\s+/)));
  await t.test('prints an address and a link each for leader, member and HR', () => {
    assert.match(server.lines[0], /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.deepEqual(Object.keys(links), ['leader', 'member', 'HR']);
  });
  const states = {}, weights = [];
  const home = {};
  for (const [role, link] of Object.entries(links)) {
    const page = await person(browser, {link});
    home[role] = new URL(page.url()).pathname;
    states[role] = await page.context().storageState();
    await page.context().close();
  }
  const team = home.leader.match(/\/teams\/\d+/)[0];
  const addresses = {
    leader: [team, `${team}/joining`, `${team}/together`, `${team}/deputy`, `${team}/guess`, `${team}/talk`, '/me', '/me/data', '/how', '/works-council', '/nonsense'],
    member: [team, `${team}/answer`, `${team}/talk`, '/me', '/me/data', '/organisation'],
    HR: ['/organisation', '/start', '/start/team', '/try', '/first-day', '/people', '/people/import', '/people/left', '/rounds', '/settings', '/settings/mail', '/me', '/roles', '/view-as/leader', '/view-as/viewer', '/questionnaires', '/questionnaires/built-in'],
    nobody: ['/signin', '/how', '/phone', '/components', '/signin/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  };
  // Each page in both languages, on a phone by day and on a desktop by night; the rules of axe in one language each time, by turns. What
  // was loaded before is not kept.
  for (const [role, list] of Object.entries(addresses)) {
    const pages = {};
    for (const language of ['nl-NL', 'en-GB']) {
      pages[language] = await person(browser, {language, state: states[role]});
      await (await pages[language].context().newCDPSession(pages[language])).send('Network.setCacheDisabled', {cacheDisabled: true});
    }
    for (const [i, address] of list.entries())
      await t.test(`${role} ${address.replace(/\d{6,}/, 'N').slice(0, 24)}`, async (s) => {
        for (const [turn, [language, page]] of Object.entries(pages).entries()) {
          await page.setViewportSize(PHONE);
          await page.emulateMedia({colorScheme: 'light'});
          await page.goto(server.url + address, {waitUntil: 'load'});
          weights.push([await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .reduce((sum, entry) => sum + entry.transferSize, 0)), `${role} ${address}`]);
          assert.equal(await page.evaluate(() => document.documentElement.lang), language.slice(0, 2));
          await page.evaluate(() => document.querySelectorAll('main details').forEach((fold) => { fold.open = true; }));
          const rules = (i + turn) % 2 === 0;
          await s.test(`${language} phone, light`, () => assertGoodPage(page, {rules}));
          await page.setViewportSize(DESKTOP);
          await page.emulateMedia({colorScheme: 'dark'});
          await s.test(`${language} desktop, dark`, () => assertGoodPage(page, {narrow: false, rules: !rules}));
        }
      });
    for (const page of Object.values(pages)) await page.context().close();
  }
  // With style, scripts and pictures, as they came over the wire to a browser that has nothing of Hecht yet.
  await t.test('no page weighs more than 60 kB', () => {
    weights.sort(([one], [other]) => other - one);
    for (const [bytes, name] of weights.slice(0, 6)) t.diagnostic(`${(bytes / 1000).toFixed(1)} kB: ${name}`);
    assert.ok(weights.at(-1)[0] > 1000);
    assert.deepEqual(weights.filter(([bytes]) => bytes >= 60000), []);
  });
  await t.test('the organisation is labelled as an example', async () => {
    const page = await person(browser, {state: states.HR});
    await page.goto(`${server.url}/organisation`);
    assert.match(await page.textContent('main'), /Voorbeeld/);
    await page.context().close();
  });
  await t.test('the very good team and the team of 8 stay visible, the 3 do not', async () => {
    const page = await person(browser, {state: states.HR});
    await page.goto(`${server.url}/organisation`);
    const row = async (name) => (await page.locator('tr', {hasText: name}).first().innerText()).replace(/\s+/g, ' ');
    assert.match(await row('Planning'), /4,[4-9]/);
    assert.match(await row('Werkplaats'), /\d,\d/);
    assert.doesNotMatch(await row('Magazijn'), /\d,\d/);
    await page.context().close();
  });
});
