// Comments in the browser: turned on by an owner, warned about on the device, sent at a moment of their own, read by the team,
// taken away by name.
import assert from 'node:assert/strict';
import test from 'node:test';

import {answerQuestions, assertGoodPage, changeKept, launch, person} from './chromium.mjs';
import {claim, closeRound, hecht, openRound, signIn, signinLink, start, temporaryFolder} from './hecht.mjs';

const VALUES = '4,4,3,4,3,4,3,4,4,4', MEMBERS = 11;

async function toComment(page) {
  await answerQuestions(page);
  await page.locator('[data-step=comment]').waitFor();
}

test('comments', async (t) => {
  const browser = await launch(t), folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const members = Array.from({length: MEMBERS}, (_, i) => `Lid${i + 1} <m${i + 1}@example.org>`).join('\n');
  const {owner, response} = await claim(server, {members, leads: 'other', leader: 'fatima@example.org'});
  assert.equal(response.status, 200, response.text.match(/<main[\s\S]*/)?.[0]);
  const team = (await owner.page('/people')).text.match(/\/people\/team\/(\d+)/)[1];

  await t.test('are off; an owner turns them on, for everybody to see; nobody else can', async () => {
    const member = await signIn(folder, server.url, 'm1@example.org');
    assert.match((await member.page('/settings')).text, /Off: rounds ask questions only/);
    assert.doesNotMatch((await member.page('/settings')).text, /Turn comments on/);
    const done = await owner.submit('/settings', '/settings/comments');
    assert.match(done.text, /Comments were turned on\./);
    assert.match((await member.page('/settings')).text, /By Ada Owner/);
    assert.match((await member.page('/works-council')).text, /Members may write something of their own/);
    const refused = await member.post('/settings/comments', new URLSearchParams({comments: '0'}));
    assert.equal(refused.status, 403);
  });
  await openRound(owner);

  const sent = [];
  const page = await person(browser, {link: await signinLink(folder, 'm1@example.org', server.url)});
  page.on('request', (request) => { if (request.method() === 'POST') sent.push({url: new URL(request.url()).pathname, body: request.postData(), cookie: request.headers().cookie}); });
  await t.test('the page warns of names and details, and sends nothing of it', async () => {
    await toComment(page);
    await assertGoodPage(page);
    const area = page.locator('#comment'), warning = page.locator('[data-warn]');
    assert.equal(await page.locator('[data-step=comment] button[type=submit]').innerText(), 'Go on without');
    await area.fill('Het gaat goed zo.');
    assert.ok(await warning.isHidden());
    await area.fill('Sinds dinsdag praat Fatima met Karel, als enige. Bel 06-12345678.');
    assert.ok(await warning.isVisible());
    const said = await warning.innerText();
    for (const word of ['Fatima', 'Karel', 'dinsdag', '06-12345678', 'als enige']) assert.match(said, new RegExp(word));
    await assertGoodPage(page);
    assert.ok(!sent.some(({body}) => body?.includes('Karel')));
  });
  await t.test('both forms were fetched before a word was written', () => {
    const fetched = sent.map(({url}) => url.split('/').pop());
    assert.ok(fetched.includes('token') && fetched.includes('comment-token'), fetched.join(' '));
  });
  await t.test('it is looked over, changed, and goes later, without a name and apart', async () => {
    await page.locator('[data-step=comment] button[type=submit]').click();
    await page.locator('[data-step=check] [data-to=comment]').click();
    await page.locator('#comment').fill('We luisteren beter naar elkaar.\nHoud dat vast.');
    await page.locator('[data-step=comment] button[type=submit]').click();
    assert.match(await page.locator('[data-comment]').innerText(), /We luisteren beter/);
    await assertGoodPage(page);
    await page.locator('[data-step=check] [data-act=send]').click();
    await page.locator('[data-step=thanks]').waitFor({timeout: 30000});
    await page.locator('[data-comment-waits]').waitFor();
    await assertGoodPage(page);
    assert.ok(!sent.some(({url}) => url === '/api/comments'));
    const waits = await changeKept(page, 'return record.comment.sendAfter - Date.now() / 1000;');
    assert.ok(waits > 60 && waits <= 6 * 3600, `waits ${waits} s`);
    await changeKept(page, 'record.comment.sendAfter = 1;');
    const arrived = page.waitForResponse('**/api/comments', {timeout: 60000});
    await page.goto(`${server.url}/me`);
    assert.equal((await arrived).status(), 200);
    const comment = sent.find(({url}) => url === '/api/comments');
    assert.equal(comment.cookie, undefined);
    assert.equal(JSON.parse(comment.body).body.length, Math.ceil(1502 * 4 / 3)); // of one size, whatever was written
    await page.waitForFunction(() => localStorage.getItem('hecht-waiting') === null, undefined, {timeout: 30000});
    assert.equal(await changeKept(page, 'return record.comment.sent;'), 'We luisteren beter naar elkaar.\nHoud dat vast.');
  });

  const answer = (number) => signinLink(folder, `m${number}@example.org`, server.url).then((link) => hecht(folder, 'answer', link, '--values', VALUES));
  await t.test('others answer at the prompt, which knows no comments', async () => {
    for (let i = 3; i <= MEMBERS; i++) assert.equal((await answer(i)).code, 0);
  });
  const other = await person(browser, {link: await signinLink(folder, 'm2@example.org', server.url), language: 'en-GB'});
  await t.test('a form for a comment that is not to be had keeps no answer back, and that is said', async () => {
    await other.route('**/comment-token', (route) => route.fulfill({status: 400, body: '{}'}));
    await toComment(other);
    await other.locator('#comment').fill('Minder\tvergaderen\u0007\u0085 graag.');
    await other.locator('[data-step=comment] button[type=submit]').click();
    await other.locator('[data-step=check] [data-act=send]').click();
    await other.locator('[data-step=thanks]').waitFor({timeout: 30000});
    assert.ok(await other.locator('[data-step=thanks] [data-comment-lost]').isVisible());
    assert.ok(await other.locator('[data-comment-waits]').isHidden());
    await assertGoodPage(other);
  });
  await t.test('of two windows, the secrets of the first count', async () => {
    await other.unroute('**/comment-token');
    const second = await other.context().newPage();
    await second.goto(other.url().replace(/#.*/, ''));
    for (const one of [other, second]) await one.locator('[data-step=thanks] [data-act=again]').click();
    await Promise.all([other, second].map((one) => one.locator('[data-step=check] [data-act=send]').click()));
    for (const one of [other, second]) await one.locator('[data-step=thanks] [data-comment-waits]').waitFor();
    assert.ok(await other.locator('[data-step=thanks] [data-comment-lost]').isHidden());
    await second.close();
    assert.equal(await changeKept(other, 'return record.comment.pending.text;'), 'Minder vergaderen graag.');
  });
  await t.test('a comment that does not get through keeps no answer back that waits', async () => {
    await other.locator('[data-step=thanks] [data-act=again]').click();
    await other.locator('[data-step=check] [data-to="1"]').click();
    await other.locator('form[data-step="1"] input[value="3"]').check();
    await other.locator('form[data-step="1"] button[type=submit]').click();
    await other.locator('[data-step=check] [data-act=later]').click();
    await other.locator('[data-act=queue]').click();
    await other.locator('[data-step=waiting]').waitFor();
    await changeKept(other, 'record.sendAfter = 2; record.comment.sendAfter = 1;');
    await other.route('**/api/comments', (route) => route.fulfill({status: 400, body: '{}'}));
    const arrived = other.waitForResponse('**/api/answers', {timeout: 60000});
    await other.goto(`${server.url}/me`);
    assert.equal((await arrived).status(), 200);
    await other.unroute('**/api/comments');
    const comment = other.waitForResponse('**/api/comments', {timeout: 60000});
    await other.goto(`${server.url}/me`); // the next visit tries again
    assert.equal((await comment).status(), 200);
    await other.context().close();
  });
  await t.test('bad ones are refused in words, and nothing is lost', async () => {
    const send = (body, type = 'application/json') => fetch(`${server.url}/api/comments`, {method: 'POST', body, headers: {'content-type': type}});
    assert.equal((await send('{')).status, 400);
    assert.equal((await send('{"rid":"x"}')).status, 400);
    assert.equal((await send('x'.repeat(9000))).status, 413);
    const good = JSON.parse(sent.find(({url}) => url === '/api/comments').body);
    const again = await send(JSON.stringify(good));
    assert.equal(again.status, 200); // the same once more, as after a lost reply
    const forged = await send(JSON.stringify({...good, version: 2}));
    assert.equal((await forged.json()).reason, 'comment-signature');
  });
  await closeRound(owner);

  await t.test('the team and its leader read them; the owner, whose team it is not, cannot', async () => {
    const leader = await person(browser, {link: await signinLink(folder, 'fatima@example.org', server.url)});
    await leader.goto(`${server.url}/teams/${team}`);
    await leader.click(`a[href="/teams/${team}/comments"]`);
    assert.deepEqual((await leader.locator('.comment-text').allInnerTexts()).sort(), ['Minder vergaderen graag.', 'We luisteren beter naar elkaar.\nHoud dat vast.']);
    await assertGoodPage(leader);
    assert.equal((await owner.page(`/teams/${team}/comments`)).status, 403);
    await leader.locator('.comment details summary').first().click();
    await assertGoodPage(leader);
    await leader.locator('.comment button[type=submit]').first().click();
    await leader.locator('.notice.done').waitFor();
    assert.equal(await leader.locator('.comment').count(), 1);
    assert.match(await leader.innerText('main'), /[Ff]atima took a comment away/);
    await assertGoodPage(leader);
    await page.goto(`${server.url}/teams/${team}/comments`);
    assert.match(await page.innerText('main'), /[Ff]atima took a comment away/);
  });
  await t.test('what is exported holds none', async () => {
    const out = await hecht(folder, 'export', 'results', '--json');
    assert.doesNotMatch(out.out + out.err, /luisteren/);
  });
});
