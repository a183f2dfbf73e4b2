// Every address of the program, asked for as every role, over HTTP, on both databases. What is due stands here, apart from what the
// program decides: an address that is not in ADDRESSES fails, and so does docs/permissions.md when it is not what the program prints.
import assert from 'node:assert/strict';
import test from 'node:test';
import {readFileSync} from 'node:fs';

import {claim, closeRound, database, hecht, openRound, signIn, signinLink, sql, start, temporaryFolder, Visitor} from './hecht.mjs';

// ---- What is due ----------------------------------------------------------------------------------------------------

// `ended` shows the cookie of a session that was signed out. `foreign` owns another organisation, leads its team and holds every role there.
const ROLES = ['nobody', 'ended', 'member', 'leader', 'deputy', 'otherMember', 'otherLeader', 'viewer', 'owner', 'confidant', 'auditor', 'council', 'foreign'];
const SIGNED_IN = ROLES.slice(2);

// Who passes, of those who are signed in. Of a team of another organisation nobody is told that it is there.
const PASSES = {
  'signed-in': SIGNED_IN,
  'team-member': ['member'],
  'team-leader': ['leader'],
  'team-leading': ['leader', 'deputy'],
  team: ['member', 'leader', 'deputy'],
  'team-list': ['leader', 'deputy', 'owner'],
  'org-owner': ['owner', 'foreign'],
  'org-viewer': ['owner', 'viewer', 'foreign'],
  confidant: ['confidant', 'foreign'],
  auditor: ['auditor', 'foreign'],
  'works-council': ['council', 'foreign'],
  oversight: ['owner', 'auditor', 'council', 'foreign'],
  example: ['owner', 'council', 'foreign'],
};

function due(permission, role) {
  if (permission === 'public' || permission === 'anonymous') return 'passes';
  if (permission === 'claim') return 'unknown';
  if (role === 'nobody' || role === 'ended') return 'sign in';
  if (role === 'foreign' && permission.startsWith('team')) return 'unknown';
  return PASSES[permission].includes(role) ? 'passes' : 'refused';
}

const ADDRESSES = {
  claim: ['GET /claim/:token', 'POST /claim/:token'],
  public: ['GET /signin', 'POST /signin', 'GET /signin/:token', 'POST /signin/:token', 'GET /mail/stop/:token', 'POST /mail/stop/:token',
    'GET /openid', 'GET /openid/return', 'POST /language', 'GET /join', 'POST /join', 'GET /join/:words', 'POST /join/:words', 'GET /how', 'GET /check', 'GET /phone', 'GET /components'],
  anonymous: ['GET /api/rounds/:rid/descriptor', 'GET /api/rounds/:rid/log', 'GET /api/rounds/:rid/record', 'GET /api/records', 'GET /api/logs', 'GET /api/questionnaires/:hash',
    'POST /api/cosignatures', 'POST /api/comments', 'POST /api/answers'],
  'signed-in': ['GET /', 'POST /signout', 'GET /me', 'POST /me/name', 'POST /me/mail', 'POST /me/sessions', 'POST /me/sessions/end', 'POST /me/sessions/others', 'GET /me/data', 'GET /me/data/export', 'POST /me/delete', 'POST /me/devices/end', 'POST /me/openid/end',
    'POST /me/links-seen', 'GET /joining', 'GET /settings', 'GET /first-day', 'GET /questionnaires/:questionnaire/file', 'GET /api/rounds/:rid/roster', 'GET /works-council', 'POST /api/rounds/:rid/token', 'GET /api/rounds/:rid/issuance',
    'GET /api/own-rounds', 'GET /api/devices', 'POST /api/devices', 'POST /api/rounds/:rid/comment-token', 'GET /api/rounds'],
  'team-member': ['GET /teams/:team/answer'],
  'team-leader': ['GET /teams/:team/guess', 'POST /teams/:team/guess', 'POST /teams/:team/guess/show'],
  'team-leading': ['POST /teams/:team/promise'],
  team: ['GET /teams/:team/comments', 'POST /teams/:team/comments/remove', 'GET /teams/:team', 'GET /teams/:team/talk'],
  'team-list': ['GET /teams/:team/joining', 'GET /teams/:team/joining/poster', 'POST /teams/:team/joining/link', 'POST /teams/:team/joining/link/end',
    'POST /teams/:team/joining/answer', 'POST /teams/:team/joining/cards', 'POST /teams/:team/joining/cards/end',
    'GET /teams/:team/deputy', 'POST /teams/:team/deputy', 'POST /teams/:team/deputy/end',
    'GET /teams/:team/together', 'POST /teams/:team/together', 'POST /teams/:team/together/answer', 'POST /teams/:team/together/leave'],
  'org-owner': ['GET /people', 'POST /people/unit', 'GET /people/unit/:unit', 'POST /people/unit/:unit', 'POST /people/team', 'GET /people/team/:team',
    'GET /people/team/:team/name', 'POST /people/team/:team/name', 'POST /people/team/:team/members', 'POST /people/team/:team/leader',
    'POST /people/team/:team/remove', 'GET /people/invite', 'POST /people/invite', 'GET /settings/mail', 'POST /settings/mail', 'GET /people/import',
    'POST /people/import', 'POST /people/import/apply', 'POST /people/viewer', 'POST /people/viewer/remove', 'POST /roles/give', 'POST /roles/take',
    'GET /people/left', 'POST /people/left', 'POST /people/owner', 'GET /start', 'GET /start/team', 'POST /start/team', 'GET /start/rhythm', 'POST /start/rhythm',
    'GET /start/promise', 'POST /start/promise', 'GET /start/first', 'GET /try', 'GET /questionnaires', 'POST /questionnaires',
    'GET /questionnaires/:questionnaire', 'POST /questionnaires/:questionnaire/use', 'POST /questionnaires/:questionnaire/retire',
    'GET /rounds', 'GET /rounds/opening', 'POST /rounds/open', 'POST /rounds/close', 'POST /rounds/rhythm', 'POST /settings', 'POST /settings/witness',
    'POST /settings/comments'],
  'org-viewer': ['GET /organisation'],
  confidant: ['GET /roles/confidant'],
  auditor: ['GET /roles/auditor'],
  'works-council': ['GET /roles/works-council'],
  oversight: ['GET /roles'],
  example: ['GET /view-as/:example'],
};
const PERMISSION_OF = new Map(Object.entries(ADDRESSES).flatMap(([permission, list]) => list.map((address) => [address, permission])));

// GET that passes gives 200, but for these: to whom what (a number: to all who pass).
const STATUS = {
  'GET /': 303,
  'GET /signin': Object.fromEntries(SIGNED_IN.map((role) => [role, 303])),
  'GET /signin/:token': {nobody: 410, ended: 410, ...Object.fromEntries(SIGNED_IN.map((role) => [role, 303]))}, // the link is none
  'GET /mail/stop/:token': 404,
  'GET /openid': 404, // no provider
  'GET /openid/return': 404,
  'GET /join/:words': 410,
  'GET /people/invite': 404, // no mail leaves
  'GET /start/first': {owner: 303}, // a round is open
  'GET /start': {foreign: 303}, // there was none: to the step that is next
  'GET /rounds/opening': {owner: 303, foreign: 303}, // a round is open; there is no team that could be asked
  'GET /teams/:team/joining/poster': 410, // phones do not reach this server
  // A round's own: only those on its list are told anything.
  'GET /api/rounds/:rid/issuance': Object.fromEntries(SIGNED_IN.filter((role) => role !== 'member').map((role) => [role, 404])),
  'GET /api/rounds/:rid/roster': Object.fromEntries(SIGNED_IN.filter((role) => role !== 'member').map((role) => [role, role === 'foreign' ? 404 : 403])),
  'GET /api/questionnaires/:hash': 404, // no questionnaire has it
  // Of what belongs to another organisation its owner is told nothing.
  'GET /people/unit/:unit': {foreign: 404},
  'GET /people/team/:team': {foreign: 404},
  'GET /people/team/:team/name': {foreign: 404},
};

// ---- What the program does ------------------------------------------------------------------------------------------

const po = ['people', 'joining', 'roles'].map((area) => readFileSync(new URL(`../../po/${area}.en.po`, import.meta.url), 'utf8')).join('\n');
const sentence = (reason) => po.match(new RegExp(`msgid "error\\.${reason}"\nmsgstr "(.*)"`))[1];
const REFUSALS = ['owner-needed', 'viewer-needed', 'not-your-team', 'member-needed', 'leader-needed', 'list-keeper-needed', 'seat-needed'].map(sentence);
const OTHER_FORM = sentence('csrf-mismatch');
const plain = (text) => text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');

// A POST is sent with the session and without its token: who may send it is refused for that, everybody else before.
function outcome(method, response) {
  const text = plain(response.text);
  if (response.status === 401 || (response.status === 303 && response.headers.get('location').endsWith('/signin'))) return 'sign in';
  if (response.status === 403 && REFUSALS.some((refusal) => text.includes(refusal))) return 'refused';
  if (method === 'POST' && response.status === 403 && (text.includes(OTHER_FORM) || text.includes('csrf-mismatch'))) return 'passes';
  return response.status === 404 ? 'unknown' : 'passes';
}

const page = async () => (await hecht('/tmp', 'permissions')).out;
const routes = (text) => [...text.matchAll(/^\| (GET|POST) \| `([^`]+)` \| ([a-z-]+) \|/gm)].map(([, method, path, permission]) => ({method, path, permission}));

test('docs/permissions.md', async (t) => {
  const text = await page();
  await t.test('is what the program prints', () => {
    assert.equal(readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8'), text, 'hecht permissions > docs/permissions.md');
  });
  await t.test('has every address, with the permission that is due', () => {
    assert.deepEqual(Object.fromEntries(routes(text).map(({method, path, permission}) => [`${method} ${path}`, permission])), Object.fromEntries(PERMISSION_OF));
  });
  await t.test('says of each permission who has it', () => {
    const [head, , ...rows] = text.match(/\| permission \|[\s\S]*?\n\n/)[0].trim().split('\n').map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
    const COLUMNS = {nobody: ['nobody', 'ended'], member: ['member'], leader: ['leader'], deputy: ['deputy'], 'other team': ['otherMember', 'otherLeader'], viewer: ['viewer'],
      owner: ['owner'], confidant: ['confidant'], auditor: ['auditor'], 'works council': ['council']};
    assert.deepEqual(head.slice(2), Object.keys(COLUMNS));
    assert.deepEqual(rows.map(([permission]) => permission).sort(), Object.keys(ADDRESSES).sort());
    for (const [permission, , ...cells] of rows)
      cells.forEach((cell, i) => {
        for (const role of COLUMNS[head[i + 2]])
          assert.equal(cell === 'yes', due(permission, role) === 'passes', `${permission}, ${role}`);
      });
  });
});

// An organisation beside the one that was claimed, whose owner has every role there.
async function foreigner(folder, address, url) {
  const columns = 'kind, language, k, rhythm_days, round_days, extension_days, next_opens_at, log_public, log_seed_sealed, created_at';
  for (const statement of [
    `INSERT INTO org (org_id, name, ${columns}) SELECT 4242, 'Elsewhere', ${columns} FROM org`,
    "INSERT INTO person (org_id, person_id, address, name, language, created_at) VALUES (4242, 77, 'f@elsewhere.example', 'Fa', 'en', 0)",
    "INSERT INTO org_role (org_id, person_id, role) VALUES (4242, 77, 'owner')",
    "INSERT INTO team (org_id, team_id, unit_id, name, created_at) VALUES (4242, 99, NULL, 'Far', 0)",
    "INSERT INTO team_role (org_id, team_id, person_id, role, since) VALUES (4242, 99, 77, 'leader', 0)",
    ...['confidant', 'auditor', 'council'].map((seat) => `INSERT INTO seat (org_id, person_id, seat, since) VALUES (4242, 77, '${seat}', 0)`)])
    sql(address, statement);
  return signIn(folder, url, 'f@elsewhere.example', 'en', '--org', 'Elsewhere');
}

for (const engine of ['sqlite', 'postgres'])
  test(`every address, every role, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']), {url} = server;
    const {owner} = await claim(server, {leads: 'other', leader: 'lee@example.org'});
    const id = async (what, name) => (await owner.page('/people')).text.match(new RegExp(`href="/people/${what}/(\\d+)">${name}<`))[1];
    await owner.submit('/people', '/people/unit', {name: 'Yard'});
    await owner.submit('/people', '/people/team', {name: 'Red', leader: 'rik@example.org', members: 'r1@example.org'});
    await owner.submit('/people', '/people/viewer', {address: 'vi@example.org', name: 'Vi'});
    for (const role of ['confidant', 'auditor', 'council'])
      await owner.submit('/roles', '/roles/give', {role, address: `${role}@example.org`});
    await owner.submit(`/teams/${await id('team', 'Blue')}/deputy`, '/deputy', {address: 'dee@example.org'});
    await openRound(owner);
    for (let i = 1; i <= 6; i++)
      assert.equal((await hecht(folder, 'answer', await signinLink(folder, `a${i}@example.org`, url), '--values', '4,4,4,4,4,4,4,4,4,4')).code, 0);
    const visitors = {nobody: new Visitor(url), owner, ended: await signIn(folder, url, 'a2@example.org'), foreign: await foreigner(folder, address, url)};
    for (const [role, who] of Object.entries({member: 'a1', leader: 'lee', deputy: 'dee', otherMember: 'r1', otherLeader: 'rik', viewer: 'vi', confidant: 'confidant', auditor: 'auditor', council: 'council'}))
      visitors[role] = await signIn(folder, url, `${who}@example.org`);
    const {cookies} = visitors.ended, kept = new Map(cookies);
    await visitors.ended.submit('/me', '/signout', {});
    visitors.ended.cookies = kept;
    const {rid} = JSON.parse((await visitors.member.page('/api/rounds')).text).rounds[0];
    await closeRound(owner);
    await openRound(owner); // so that there is something to answer and to guess
    const words = {team: await id('team', 'Blue'), unit: await id('unit', 'Yard'), rid, example: 'leader', token: 'A'.repeat(43), questionnaire: 'built-in', hash: '0'.repeat(64), words: 'bafod-gikop-luhaz-modub'};


    const seen = {};
    for (const role of ROLES)
      await t.test(`as ${role}`, async () => {
        const wrong = [];
        for (const {method, path} of routes(await page())) {
          const key = `${method} ${path}`, permission = PERMISSION_OF.get(key), target = path.replace(/:([a-z]+)/g, (_, name) => words[name]);
          assert.ok(permission, `${key}: say in ADDRESSES who may`);
          const visitor = Object.assign(new Visitor(url), {cookies: new Map(visitors[role].cookies)});
          const json = path.startsWith('/api/');
          const response = method === 'GET' ? await visitor.send(target) : await visitor.send(target, {method, body: json ? '{}' : '', headers: {
            'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded', origin: url, 'sec-fetch-site': 'same-origin'}});
          const wanted = due(permission, role), override = STATUS[key];
          const status = method === 'GET' && wanted === 'passes' ? (typeof override === 'object' ? override[role] : override) ?? 200 : null;
          if (status !== null ? response.status !== status : outcome(method, response) !== wanted && !(permission === 'public' && wanted === 'passes'))
            wrong.push(`${key}: ${response.status} ${outcome(method, response)}, due: ${status ?? wanted}`);
          if (response.status >= 500) wrong.push(`${key}: ${response.status}`);
          if (role === 'foreign' && /Test Works|Blue|Yard|a1@example/.test(response.text) && permission !== 'anonymous' && path !== '/components') wrong.push(`${key} shows another organisation`);
          seen[permission] = (seen[permission] ?? 0) + 1;
        }
        assert.deepEqual(wrong, []);
      });
    await t.test('was all of it', () => {
      assert.deepEqual(seen, Object.fromEntries(Object.entries(ADDRESSES).map(([permission, list]) => [permission, list.length * ROLES.length])));
    });
    await t.test('an owner of another organisation changes nothing here, with good forms of their own', async () => {
      const state = () => ['unit', 'team', 'team_role', 'seat', 'org_role'].map((table) => sql(address, `SELECT * FROM ${table} WHERE org_id <> 4242 ORDER BY 2, 3`)).join('\n');
      const before = state(), {foreign} = visitors;
      const person = sql(address, "SELECT person_id FROM person WHERE address = 'auditor@example.org'");
      const form = async (from, action, target, values) => {
        const shown = await foreign.page(from), {fields} = Visitor.forms(shown.text).find((f) => f.action.endsWith(action));
        const body = new URLSearchParams(fields);
        for (const [name, value] of Object.entries(values)) body.set(name, value);
        return (await foreign.post(target, body)).status;
      };
      assert.equal(await form('/people', '/people/unit', `/people/unit/${words.unit}`, {name: 'Mine'}), 404);
      assert.equal(await form('/roles', '/roles/take', '/roles/take', {person, role: 'auditor'}), 303); // of their own there is none: nothing to take
      assert.notEqual(await form('/people/team/99', '/members', `/people/team/${words.team}/members`, {members: 'spy@elsewhere.example'}), 303);
      assert.equal(state(), before);
    });
  });
