/** Keys and counters, in the browser's own store: a key can be used there, and not be read. */

const TABLE = "doors";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("knockd", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inTable(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode);
      const answer = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(answer.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Every door that was kept, with its keys. */
export function keptDoors() {
  return inTable("readonly", (table) => table.getAll());
}

/** The door of this name that was kept, if there is one. */
export function keptDoor(door) {
  return inTable("readonly", (table) => table.get(nameOf(door)));
}

/** Keeps a door; one of the same host and name is replaced. */
export function keepDoor(door) {
  return inTable("readwrite", (table) => table.put(door, nameOf(door)));
}

/** Marks a counter of a kept door as used; false if another window has used one meanwhile. */
export function spendCounter(door, counter) {
  return inTable("readwrite", (table) => {
    const answer = { result: false };
    const read = table.get(nameOf(door));
    read.onsuccess = () => {
      answer.result = read.result !== undefined && read.result.used === door.used;
      if (answer.result) table.put({ ...read.result, used: counter }, nameOf(door));
    };
    return answer;
  });
}

/** Forgets a door and its keys. */
export function forgetDoor(door) {
  return inTable("readwrite", (table) => table.delete(nameOf(door)));
}

function nameOf({ host, door, client }) {
  return `${client}\0${door}\0${host}`;
}
