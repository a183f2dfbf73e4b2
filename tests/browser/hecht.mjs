// Runs the real program for a test, and is a browser without scripts: cookies, forms, redirects.
import {spawn, execFile, execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

export const HECHT = process.env.HECHT ?? new URL('../../build/src/hecht', import.meta.url).pathname;
const run = promisify(execFile);

export function temporaryFolder(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hecht-test-'));
  t.after(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

// Starts `hecht COMMAND`; `lines` are the first lines it prints, `url` the address in the first.
export async function start(t, folder, args, wanted = 1) {
  const child = spawn(HECHT, args, {cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
    env: {...environment(folder), HECHT_RATE_LIMITS: 'off', TZ: 'Europe/Amsterdam'}});
  const server = {child, lines: [], words: '', folder};
  child.stderr.on('data', (data) => { server.words += data; });
  server.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  server.stop = async (signal = 'SIGTERM') => { child.kill(signal); return server.ended; };
  t.after(() => server.stop('SIGKILL'));
  let text = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      text += data;
      server.lines = text.split('\n').slice(0, -1);
      if (server.lines.length >= wanted) resolve();
    });
    child.on('exit', (code) => reject(new Error(`hecht ${args[0]} ended with ${code}: ${server.words}`)));
    setTimeout(() => reject(new Error('hecht did not start: ' + server.words)), 120000).unref();
  });
  server.url = server.lines[0].match(/^https?:\/\/[^/]+/)[0];
  return server;
}

// What `hecht answer` keeps and where `hecht demo` builds is in the test's folder, and goes with it.
export const environment = (folder) => ({...process.env, XDG_STATE_HOME: path.join(folder, 'state'), TMPDIR: folder});

export async function hecht(folder, ...args) {
  try {
    const {stdout, stderr} = await run(HECHT, args, {cwd: folder, maxBuffer: 1 << 28, env: environment(folder)});
    return {code: 0, out: stdout, err: stderr};
  } catch (failure) {
    return {code: failure.code, out: failure.stdout, err: failure.stderr};
  }
}

const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')
  .replaceAll('&gt;', '>').replaceAll('&#x27;', "'").replaceAll('&amp;', '&');
const attribute = (tag, name) => unescape(tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? '');

export class Visitor {
  constructor(url, language = 'en') {
    this.url = url; // where it connects; a server with --url elsewhere wants to see that as `origin`
    this.language = language;
    this.cookies = new Map();
  }

  async send(address, options = {}) {
    const target = new URL(address, this.url);
    const response = await fetch(target, {redirect: 'manual', ...options, headers: {
      'accept-language': this.language,
      ...(this.cookies.size ? {cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ')} : {}),
      ...options.headers}});
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0/i.test(cookie) || value === '') this.cookies.delete(name); else this.cookies.set(name, value);
    }
    const text = await response.text();
    return {status: response.status, headers: response.headers, text, url: target};
  }

  // GET, following redirects.
  async page(address) {
    let response = await this.send(address);
    for (let i = 0; i < 5 && [301, 302, 303, 307].includes(response.status); i++)
      response = await this.send(new URL(response.headers.get('location'), response.url));
    return response;
  }

  // The forms of a page: action and the values it would send.
  static forms(text) {
    return [...text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => {
      const fields = [];
      for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
        const type = attribute(tag, 'type');
        if (['radio', 'checkbox'].includes(type) && !/\schecked/.test(tag)) continue;
        if (attribute(tag, 'name')) fields.push([attribute(tag, 'name'), attribute(tag, 'value')]);
      }
      for (const [, head, value] of form.matchAll(/<textarea([^>]*)>([\s\S]*?)<\/textarea>/g))
        fields.push([attribute(head, 'name'), unescape(value)]);
      for (const [, head, options] of form.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)) {
        const all = [...options.matchAll(/<option[^>]*>/g)].map(([o]) => o);
        const chosen = all.find((o) => /\sselected/.test(o)) ?? all[0];
        if (chosen) fields.push([attribute(head, 'name'), attribute(chosen, 'value')]);
      }
      return {action: attribute(form.match(/<form[^>]*>/)[0], 'action'), fields, html: form};
    });
  }

  // Fills in and sends the form of a page whose action ends in `action`, following redirects.
  async submit(page, action, values = {}, {follow = true} = {}) {
    const shown = typeof page === 'string' ? await this.page(page) : page;
    const form = Visitor.forms(shown.text).find((f) => f.action.split('?')[0].endsWith(action));
    if (!form) throw new Error(`no form ${action} on ${shown.url} (${shown.status})`);
    const body = new URLSearchParams();
    for (const [name, value] of form.fields) if (!(name in values)) body.append(name, value);
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const response = await this.post(new URL(form.action, shown.url), body);
    return follow && response.status === 303 ? this.page(new URL(response.headers.get('location'), response.url)) : response;
  }

  post(address, body) {
    return this.send(address, {method: 'POST', body: body.toString(), headers: {
      'content-type': 'application/x-www-form-urlencoded', origin: this.origin ?? this.url, 'sec-fetch-site': 'same-origin'}});
  }
}

export const CLAIM = {
  name: 'Ada Owner', address: 'ada@example.org', language: 'en', organisation: 'Test Works', team: 'Blue',
  leads: 'self', leader: '', members: 'a1@example.org\na2@example.org\nBo <a3@example.org>\na4@example.org\na5@example.org\na6@example.org', weeks: '4',
};

const only = (values, ...names) => Object.fromEntries(names.map((name) => [name, values[name]]));

// Claims a fresh server and takes the steps up to the first round; the visitor is signed in as the owner afterwards.
export async function claim(server, changes = {}) {
  const owner = Object.assign(new Visitor(server.url), {origin: server.origin});
  const values = {...CLAIM, ...changes}, link = new URL(server.lines[0]).pathname;
  await owner.submit(link, link, only(values, 'name', 'address', 'language', 'organisation'));
  const way = values.members ? 'paste' : 'link';
  await owner.submit('/start/team', '/start/team', {...only(values, 'team', 'leads', 'leader', 'members'), way});
  await owner.submit('/start/rhythm', '/start/rhythm', only(values, 'weeks'));
  const response = await owner.submit('/start/promise', '/start/promise');
  return {owner, response};
}

export async function signinLink(folder, address, url, ...more) {
  const {code, out, err} = await hecht(folder, 'signin-link', address, '--url', url, ...more);
  if (code !== 0) throw new Error(err);
  return out.trim();
}

export async function signIn(folder, url, address, language = 'en', ...more) {
  const visitor = new Visitor(url, language);
  const link = new URL(await signinLink(folder, address, url, ...more)).pathname;
  await visitor.submit(link, link);
  return visitor;
}

export const openRound = (owner) => owner.submit('/rounds/opening?form=pulse', '/rounds/open');
export const closeRound = (owner) => owner.submit('/rounds', '/rounds/close', {sure: 'yes'});

// Every test of an engine has a database of its own. Returns its address; HECHT_DB and HECHT_KEY_FILE name it until the end.
export function database(t, folder, engine) {
  let address = path.join(folder, 'hecht.db');
  if (engine === 'postgres') {
    const cluster = process.env.HECHT_TEST_POSTGRES, name = `test_${process.pid}_${Date.now()}`;
    if (!cluster) throw new Error('HECHT_TEST_POSTGRES is not set');
    execFileSync('psql', [cluster, '-qc', `CREATE DATABASE ${name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`]);
    address = cluster.replace('/postgres?', `/${name}?`);
  }
  Object.assign(process.env, {HECHT_DB: address, HECHT_KEY_FILE: path.join(folder, 'key')});
  t.after(() => { delete process.env.HECHT_DB; delete process.env.HECHT_KEY_FILE; });
  return address;
}

// One statement, past the program.
export const sql = (address, text) => (address.startsWith('postgres') ? execFileSync('psql', [address, '-Atc', text])
  : execFileSync('sqlite3', [address, text])).toString().trim();

export const reference = (name) => readFileSync(new URL(`../reference/${name}`, import.meta.url), 'utf8');
