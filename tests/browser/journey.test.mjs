// From one command to a team's first honest result, in a real browser: claim, team, answers, close, result, promise, next round.
import test from 'node:test';
import assert from 'node:assert/strict';
import {start, hecht, signinLink, temporaryFolder, claim, openRound} from './hecht.mjs';
import {launch, person, assertGoodPage, PHONE, DESKTOP} from './chromium.mjs';

// Answers every question by pressing the key of an option, as somebody without a mouse would.
// A press before the script is there does nothing; a person presses again, and so does this.
async function begin(page) {
  const start = page.locator('[data-step=start] [data-act=start]');
  const under = page.locator('form[data-item]:visible, [data-step=check]:visible');
  for (let i = 0; i < 150 && !(await under.count()); i++) {
    if (await start.isVisible()) await start.click({timeout: 1000}).catch(() => {}); // it may just have gone
    await page.waitForTimeout(100);
  }
}
async function answerAll(page, keys) {
  await begin(page);
  const questions = await page.locator('form[data-item]').count();
  for (let i = 0; i < questions; i++) {
    const form = page.locator('form[data-item]:visible');
    await form.waitFor();
    await form.locator(`input[value="${keys[i % keys.length]}"]`).check();
    await form.locator('button[type=submit]').click();
  }
  await page.locator('[data-step=check]').waitFor({state: 'visible'});
  return questions;
}
async function send(page) {
  await page.locator('[data-step=check] [data-act=send]').click();
  await page.locator('[data-step=thanks]').waitFor({state: 'visible', timeout: 20000});
}

for (const language of ['nl', 'en'])
  test(`the journey in ${language}`, async (t) => {
    const folder = temporaryFolder(t), browser = await launch(t);
    const server = await start(t, folder, ['serve', '--port', '0']);
    const locale = language === 'nl' ? 'nl-NL' : 'en-GB';
    const owner = await person(browser, {language: locale, viewport: DESKTOP});
    const link = (address) => signinLink(folder, address, server.url);

    await t.test('claim', async () => {
      await owner.goto(server.lines[0]);
      await assertGoodPage(owner);
      await owner.fill('[name=name]', 'Fatima');
      await owner.fill('[name=address]', 'fatima@example.org');
      await owner.check(`[name=language][value=${language}]`);
      await owner.fill('[name=organisation]', 'De Linde');
      await owner.click('main button[type=submit]');
      await owner.waitForURL('**/start/team');
      await assertGoodPage(owner);
      await owner.fill('[name=team]', 'Oost');
      await owner.fill('[name=members]', ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((m) => `${m}@example.org`).join('\n'));
      await owner.click('main button[type=submit]');
      for (const step of ['rhythm', 'promise']) {
        await owner.waitForURL(`**/start/${step}`);
        await assertGoodPage(owner);
        await owner.click('main form button[type=submit]');
      }
      await owner.waitForURL('**/start/first');
      await assertGoodPage(owner);
    });
    let team;
    await t.test('the team page teaches before there is a result', async () => {
      await owner.goto(server.url);
      team = owner.url().match(/teams\/(\d+)/)[1];
      assert.match(await owner.textContent('main'), language === 'nl' ? /voorbeeld/i : /example/i);
      await assertGoodPage(owner);
    });
    await t.test('the first round opens', async () => {
      await owner.goto(`${server.url}/rounds`);
      await owner.click('form[action="/rounds/opening"] button[type=submit]');
      await owner.locator('form[action="/rounds/open"]').waitFor();
      const said = await owner.textContent('main');
      assert.match(said, language === 'nl' ? /1 team, 6 teamleden/ : /1 team, 6 members/);
      await assertGoodPage(owner);
      await owner.click('form[action="/rounds/open"] button[type=submit]');
      await owner.locator('details#close summary').waitFor();
      await assertGoodPage(owner);
    });
    await t.test('the leader guesses first', async () => {
      await owner.goto(`${server.url}/teams/${team}/guess`);
      await assertGoodPage(owner);
      for (const set of await owner.locator('fieldset.guess-question').all()) await set.locator('input[value="5"]').check();
      await owner.click('main form button[type=submit]');
      await owner.locator('[role=status]').waitFor();
    });
    const members = [];
    await t.test('a member answers on a phone', async () => {
      const member = await person(browser, {language: locale, link: await link('m1@example.org')});
      members.push(member);
      assert.match(member.url(), /\/answer/);
      const first = await member.textContent('[data-step=start]');
      assert.match(first, language === 'nl'
        ? /Je antwoord wordt bewaard zonder je naam: in wat Hecht opslaat, kan niemand, ook je leidinggevende of de beheerder niet, terugvinden wat jij hebt gezegd\./
        : /Your answer is kept without your name: from what Hecht stores, nobody, not your leader and not the administrator, can find out what you said\./);
      await assertGoodPage(member);
      assert.equal(await answerAll(member, [4, 4, 5, 3]), 10);
      await assertGoodPage(member);
      await send(member);
      await assertGoodPage(member);
    });
    await t.test('and nothing on the way of the answer carried a cookie', async () => {
      const member = await person(browser, {language: locale, link: await link('m2@example.org')});
      members.push(member);
      const anonymous = [];
      member.on('request', async (request) => {
        if (/\/api\/answers|\/descriptor/.test(request.url())) anonymous.push(await request.allHeaders());
      });
      await answerAll(member, [3, 4, 2, 4, 5]);
      await send(member);
      assert.ok(anonymous.length >= 2);
      for (const headers of anonymous) {
        assert.equal(headers.cookie, undefined);
        assert.equal(headers.referer, undefined);
      }
    });
    await t.test('reloading keeps the answers that were chosen', async () => {
      const member = await person(browser, {language: locale, link: await link('m3@example.org')});
      members.push(member);
      await begin(member);
      for (let i = 0; i < 3; i++) {
        const form = member.locator('form[data-item]:visible');
        await form.locator('input[value="4"]').check();
        await form.locator('button[type=submit]').click();
      }
      await member.reload();
      await answerAllFrom(member);
      await send(member);
    });
    await t.test('an answer can be changed until the close', async () => {
      const [member] = members;
      await member.reload();
      await member.locator('[data-act=again]:visible').click();
      await member.locator('[data-step=check] [data-act=change]').first().click();
      const form = member.locator('form[data-item]:visible');
      await form.locator('input[value="2"]').check();
      await form.locator('button[type=submit]').click();
      await send(member);
    });
    await t.test('the others answer at the prompt', async () => {
      for (const name of ['m4', 'm5', 'm6']) {
        const answer = await hecht(folder, 'answer', await link(`${name}@example.org`), '--values', '3,4,3,4,3,4,3,4,3,0');
        assert.equal(answer.code, 0, answer.err);
      }
    });
    await t.test('without scripts the page says so and names the way at the prompt', async () => {
      const plain = await person(browser, {language: locale, link: await link('m6@example.org'), javaScriptEnabled: false});
      await plain.goto(`${server.url}/teams/${team}/answer`);
      assert.match(await plain.textContent('main'), /hecht answer/);
    });
    await t.test('the round closes by hand', async () => {
      await owner.goto(`${server.url}/rounds`);
      await owner.click('details#close summary');
      assert.match(await owner.textContent('details#close'), language === 'nl' ? /geen extra tijd: een team met minder dan 5/ : /no extra time: a team with fewer than 5/);
      await owner.check('form[action="/rounds/close"] [name=sure]');
      await owner.click('form[action="/rounds/close"] button[type=submit]');
      await owner.locator('form[action="/rounds/opening"]').waitFor();
    });
    await t.test('the leader sees guess and lines, with one act', async () => {
      await owner.goto(`${server.url}/teams/${team}`);
      await assertGoodPage(owner);
      const text = await owner.textContent('main');
      assert.equal(await owner.locator('svg.pic-strip').count() >= 4, true);
      assert.match(text, language === 'nl' ? /5 antwoorden of meer/ : /5 or more answers/);
      assert.match(text, language === 'nl' ? /Jouw schatting/ : /[Yy]our guess/);
      assert.match(text, language === 'nl' ? /waarschijnlijk tussen/ : /probably between/);
      assert.equal(await owner.locator('form[action$="/guess/show"]').count(), 1);
    });
    await t.test('a member sees the same lines and no guess', async () => {
      const [, member] = members;
      await member.goto(`${server.url}/teams/${team}`);
      await assertGoodPage(member);
      assert.equal(await member.locator('svg.pic-strip').count() >= 4, true);
      assert.equal(await member.locator('svg.pic-strip .pic-guess').count(), 0);
    });
    await t.test('until the leader shows it', async () => {
      await owner.click('form[action$="/guess/show"] button');
      await members[1].reload();
      assert.ok(await members[1].locator('svg.pic-strip .pic-guess').count() > 0);
    });
    await t.test('the talk ends in one promise', async () => {
      await owner.goto(`${server.url}/teams/${team}/talk`);
      await assertGoodPage(owner);
      await owner.fill('[name=text]', 'Ik deel elke maandag de planning.');
      const due = new Date(Date.now() + 14 * 86400e3).toISOString().slice(0, 10);
      await owner.fill('[name=due]', due);
      await owner.click('form[action$="/promise"] button');
      await owner.goto(`${server.url}/teams/${team}`);
      assert.match(await owner.textContent('main'), /Ik deel elke maandag de planning\./);
      await assertGoodPage(owner);
    });
    await t.test('the next round opens with it for all', async () => {
      await owner.goto(`${server.url}/rounds`);
      await owner.click('form[action="/rounds/opening"] button[type=submit]');
      await owner.click('form[action="/rounds/open"] button[type=submit]');
      const [member] = members;
      await member.goto(`${server.url}/teams/${team}/answer`);
      await begin(member);
      const first = member.locator('form[data-item]:visible');
      assert.equal(await first.getAttribute('data-item'), 'promise');
      assert.match(await first.textContent(), /Ik deel elke maandag de planning\./);
      assert.equal(await first.locator('input[type=radio]').count(), 5);
      await assertGoodPage(member);
    });
    await t.test('and the team says whether it happened', async () => {
      for (let i = 2; i <= 6; i++) { // the first has the form on the phone
        const answer = await hecht(folder, 'answer', await link(`m${i}@example.org`), '--values', '1,4,4,4,4,4,4,4,4,4,4');
        assert.equal(answer.code, 0, answer.err);
      }
      await owner.goto(`${server.url}/rounds`);
      await owner.click('details#close summary');
      await owner.check('form[action="/rounds/close"] [name=sure]');
      await owner.click('form[action="/rounds/close"] button[type=submit]');
      await owner.goto(`${server.url}/teams/${team}`);
      assert.match(await owner.textContent('main'), language === 'nl' ? /vooral: .*gebeurd/ : /mostly/i);
      await assertGoodPage(owner);
    });
  });

// Goes on where a reload left off.
async function answerAllFrom(page) {
  await begin(page);
  while (!(await page.locator('[data-step=check]').isVisible())) {
    const form = page.locator('form[data-item]:visible');
    if (!(await form.locator('input:checked').count())) await form.locator('input[value="4"]').check();
    await form.locator('button[type=submit]').click();
    await page.waitForTimeout(30);
  }
}

test('the keyboard is enough to answer', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server);
  await openRound(owner);
  const page = await person(browser, {language: 'en-GB', link: await signinLink(folder, 'a1@example.org', server.url), viewport: DESKTOP});
  for (let i = 0; i < 20 && await page.locator('[data-act=start]').isVisible(); i++) {
    await page.locator('[data-act=start]').focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(100);
  }
  for (let i = 0; i < 10; i++) {
    await page.locator('form[data-item]:visible').waitFor();
    await page.keyboard.press(String(1 + (i % 5)));
    await page.waitForFunction(() => document.querySelector('form[data-item]:not([hidden]) input:checked'));
    await page.keyboard.press('Enter');
    await page.waitForTimeout(50);
  }
  await t.test('to the check', () => page.locator('[data-step=check]').waitFor({timeout: 10000}));
  await t.test('with the focus on its heading', async () =>
    assert.equal(await page.evaluate(() => document.activeElement.matches('[data-step=check] .step-heading')), true));
});
