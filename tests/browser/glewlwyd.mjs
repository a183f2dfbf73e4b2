// A provider of sign-ins that others made and run: glewlwyd of Debian 12 (install.sh unpacks it), with a database, keys and a
// configuration of its own in the test's folder. Everything is set up by its administrator's API, as an operator's script would.
import {execFileSync, spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {Visitor} from './hecht.mjs';
import {freePort, makeKey} from './openid_provider.mjs';

const ROOT = new URL('node_modules/.glewlwyd/', import.meta.url).pathname;
const TABLES = `${ROOT}usr/share/dbconfig-common/data/glewlwyd/install/sqlite3`;
// Letters and digits only: it compares what comes by HTTP Basic without decoding it first (RFC 6749 2.3.1 wants that).
export const SECRET = 'aSecretOfLettersAndDigits4242';
const PASSWORD = 'a password of the test';

const configuration = (port, database) => `
port = ${port}
bind_address = "127.0.0.1"
external_url = "http://localhost:${port}"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "WARNING"
cookie_domain = "localhost"
cookie_secure = 0
session_expiration = 3600
session_key = "GLEWLWYD2_SESSION_ID"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "${ROOT}usr/lib/glewlwyd/user"
client_module_path = "${ROOT}usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "${ROOT}usr/lib/glewlwyd/scheme"
plugin_module_path = "${ROOT}usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = { type = "sqlite3" path = "${database}" };
`;

// What a person has there beside name and address must be named, so that a claim can be made of it.
const NAME_PROPERTY = `UPDATE g_user_module_instance SET gumi_parameters =
  json_set(gumi_parameters, '$."data-format".email_verified', json('{"multiple":false,"read":true,"write":true}'));`;

const plugin = (issuer, algorithm) => ({
  module: 'oidc', name: algorithm.toLowerCase(), display_name: algorithm, parameters: {
    iss: issuer, 'jwks-private': JSON.stringify({keys: [makeKey(algorithm, `of ${algorithm}`)]}), 'jwks-show': true, 'subject-type': 'public',
    'allowed-scope': ['openid', 'email'], 'access-token-duration': 600, 'refresh-token-duration': 600, 'code-duration': 60, 'auth-type-code-enabled': true,
    'auth-type-code-revoke-replayed': true, 'pkce-allowed': true, 'pkce-required': true, 'email-claim': 'mandatory',
    claims: [{name: 'email_verified', 'user-property': 'email_verified', type: 'boolean', 'boolean-value-true': 'yes', 'boolean-value-false': 'no', mandatory: true}],
  }});

export class Glewlwyd {
  static async start(t, folder, algorithms) {
    const idp = new Glewlwyd(), port = await freePort(), database = path.join(folder, 'glewlwyd.db');
    Object.assign(idp, {url: `http://localhost:${port}`, words: ''});
    execFileSync('sqlite3', [database], {input: readFileSync(TABLES, 'utf8') + NAME_PROPERTY});
    writeFileSync(path.join(folder, 'glewlwyd.conf'), configuration(port, database));
    const child = spawn(`${ROOT}usr/bin/glewlwyd`, ['--config-file', path.join(folder, 'glewlwyd.conf')], {stdio: ['ignore', 'pipe', 'pipe']});
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { idp.words += data; });
    t.after(() => child.kill('SIGKILL'));
    await idp.answers(child);
    idp.admin = await idp.signedIn('admin', 'password'); // what its SQL gives
    await idp.ask(idp.admin, 'POST', '/api/scope/', {name: 'email', display_name: 'Address', password_required: false, scheme: {}});
    for (const algorithm of algorithms) await idp.ask(idp.admin, 'POST', '/api/mod/plugin/', plugin(idp.issuer(algorithm), algorithm));
    return idp;
  }

  issuer(algorithm) { return `${this.url}/api/${algorithm.toLowerCase()}`; }

  async answers(child) {
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) break;
      if (await fetch(`${this.url}/config`, {signal: AbortSignal.timeout(1000)}).then(() => true, () => false)) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`glewlwyd does not start: ${this.words}`);
  }

  async ask(visitor, method, address, body) {
    const response = await visitor.send(address, {method, headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
    if (response.status !== 200) throw new Error(`glewlwyd answers ${response.status} to ${address}: ${response.text}\n${this.words}`);
    return response;
  }

  async signedIn(username, password = PASSWORD) {
    const visitor = new Visitor(this.url);
    await this.ask(visitor, 'POST', '/api/auth/', {username, password});
    return visitor;
  }

  client(redirect) {
    return this.ask(this.admin, 'POST', '/api/client/', {client_id: 'hecht', name: 'Hecht', confidential: true, client_secret: SECRET,
      enabled: true, scope: [], redirect_uri: [redirect], authorization_type: ['code'], token_endpoint_auth_method: ['client_secret_basic']});
  }

  user(username, email, verified) {
    return this.ask(this.admin, 'POST', '/api/user/', {username, name: username, email, email_verified: verified ? 'yes' : 'no', password: PASSWORD,
      enabled: true, scope: ['openid', 'email', 'g_profile']});
  }

  // What its login page (all JavaScript) does for that person. Resolves with the address that leads back to Hecht.
  async login(address, username, redirect) {
    const first = await new Visitor(this.url).send(address), page = first.headers.get('location') ?? '';
    if (!page.startsWith(`${this.url}/login.html?`)) throw new Error(`glewlwyd leads to ${page} (${first.status}): ${first.text}\n${this.words}`);
    const visitor = await this.signedIn(username);
    await this.ask(visitor, 'PUT', '/api/auth/grant/hecht', {scope: 'openid email'});
    const response = await visitor.send(`${new URL(page).searchParams.get('callback_url')}&g_continue`), location = response.headers.get('location');
    if (!location?.startsWith(redirect)) throw new Error(`glewlwyd leads to ${location} (${response.status}): ${response.text}\n${this.words}`);
    return new URL(location);
  }
}
