// What a device keeps of an answer, by round: the secrets and the receipt in IndexedDB, the choices that are not sent yet in
// localStorage. Nothing of it ever leaves the device from here. It goes away some weeks after the round, when its talk is over.
// What it saw of each team's log stays, since it is compared with the next one; it holds nothing of an answer.

const DATABASE = 'hecht';
const TABLE = 'rounds';
const LOGS = 'logs';
const DEVICES = 'devices';
const CODES = 'codes';
const DRAFT = 'hecht-draft-';
const WAITING = 'hecht-waiting'; // enhance.js looks for these on every page
const TO_CHECK = 'hecht-to-check';
const GRACE_SECONDS = 35 * 24 * 3600; // in the talk about the result everybody looks at the own answers

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 4);
    request.onupgradeneeded = (event) => {
      if (event.oldVersion < 1) request.result.createObjectStore(TABLE, { keyPath: 'rid' });
      if (event.oldVersion < 2) request.result.createObjectStore(LOGS, { keyPath: 'team' });
      if (event.oldVersion < 3) request.result.createObjectStore(DEVICES, { keyPath: 'person' });
      if (event.oldVersion < 4) request.result.createObjectStore(CODES, { keyPath: 'person' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

// Resolves when the transaction is complete: a request that succeeded may still be lost in a crash.
async function transact(mode, work, table = TABLE) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(table, mode, { durability: 'strict' });
      const request = work(transaction.objectStore(table));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

export const loadRecord = (rid) => transact('readonly', (table) => table.get(rid));
// Never replaces: of two windows that begin at the same time only one may make the secrets of this device.
export const addRecord = (record) => transact('readwrite', (table) => table.add(record));
// One transaction: of two windows, or a window and the queue, neither undoes what the other noted. Resolves with the new record.
export async function updateRecord(rid, change) {
  let changed;
  await transact('readwrite', (table) => {
    const request = table.get(rid);
    request.onsuccess = () => {
      changed = request.result;
      if (changed === undefined) return;
      change(changed);
      table.put(changed);
    };
    return request;
  });
  return changed;
}
export const loadRecords = () => transact('readonly', (table) => table.getAll());
export const removeRecord = (rid) => transact('readwrite', (table) => table.delete(rid));
// {team, logKey, size, root}: the newest state of the team's log that this device has checked.
export const loadLog = (team) => transact('readonly', (table) => table.get(team), LOGS);
export const saveLog = (log) => transact('readwrite', (table) => table.put(log), LOGS);

// {person, key, point, registered}: the key with which this browser signs for one person (device.js).
export const loadDevice = (person) => transact('readonly', (table) => table.get(person), DEVICES);
export const addDevice = (device) => transact('readwrite', (table) => table.add(device), DEVICES);
export const saveDevice = (device) => transact('readwrite', (table) => table.put(device), DEVICES);

// The recovery code of a person as a key that cannot be read out (recovery.js); undefined when this device keeps none.
export const loadCode = (person) => transact('readonly', (table) => table.get(person), CODES).then((kept) => kept?.code, () => undefined);
export const saveCode = (person, code) => transact('readwrite', (table) => table.put({ person, code }), CODES);
export const removeCode = (person) => transact('readwrite', (table) => table.delete(person), CODES);

// {values: {item: value}, extended: seconds}; without localStorage a draft lives as long as the page.
export function loadDraft(rid) {
  try {
    const draft = JSON.parse(localStorage.getItem(DRAFT + rid));
    return draft && typeof draft.values === 'object' ? draft : undefined;
  } catch {
    return undefined;
  }
}

export function saveDraft(rid, draft) {
  try {
    localStorage.setItem(DRAFT + rid, JSON.stringify(draft));
  } catch {
    // full or forbidden
  }
}

export function forgetDraft(rid) {
  try {
    localStorage.removeItem(DRAFT + rid);
  } catch {
    // then there is none
  }
}

function mark(name, on) {
  try {
    if (on) localStorage.setItem(name, '1');
    else localStorage.removeItem(name);
  } catch {
    // then only the pages of the answer look after it
  }
}
// Whether an answer on this device waits to be sent, and whether one waits for its round to close to be looked up.
export const markWaiting = (waits) => mark(WAITING, waits);
export const markToCheck = (waits) => mark(TO_CHECK, waits);

function forgetDrafts(before) {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(DRAFT)) continue;
    const draft = loadDraft(key.slice(DRAFT.length));
    if (!draft || !(draft.extended > before)) localStorage.removeItem(key);
  }
}

// Rounds that have been over for some weeks, their one extension included.
export async function forgetPast() {
  const before = Date.now() / 1000 - GRACE_SECONDS;
  try {
    forgetDrafts(before);
    const records = await loadRecords();
    for (const record of records) if (!(record.extended > before)) await removeRecord(record.rid);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}
