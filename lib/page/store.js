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
      const request = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Every door that was kept, with its key. */
export function keptDoors() {
  return inTable("readonly", (table) => table.getAll());
}

/** Keeps a door; one of the same host and name is replaced. */
export function keepDoor(door) {
  return inTable("readwrite", (table) => table.put(door, nameOf(door)));
}

/** Forgets a door and its key. */
export function forgetDoor(door) {
  return inTable("readwrite", (table) => table.delete(nameOf(door)));
}

function nameOf({ host, door, client }) {
  return `${client}\0${door}\0${host}`;
}
