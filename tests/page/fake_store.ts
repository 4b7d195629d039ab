/** A browser's store in memory: one table, its transactions one after the other. */

type Row = Record<string, unknown>;

export class FakeStore {
  readonly #rows = new Map<string, Row>();

  open() {
    const result = { transaction: () => this.#transaction(), close: () => {} };
    const request = { result, onsuccess: () => {} };
    queueMicrotask(() => request.onsuccess());
    return request;
  }

  #transaction() {
    const asked: (() => void)[] = [];
    const ask = (answer: () => unknown) => {
      const request = { result: undefined as unknown, onsuccess: () => {} };
      asked.push(() => {
        request.result = answer();
        request.onsuccess();
      });
      return request;
    };
    const rows = this.#rows;
    const table = {
      get: (name: string) =>
        ask(() => rows.has(name) ? { ...rows.get(name) } : undefined),
      getAll: () => ask(() => [...rows.values()].map((row) => ({ ...row }))),
      put: (row: Row, name: string) => ask(() => rows.set(name, { ...row })),
      delete: (name: string) => ask(() => rows.delete(name)),
    };
    const transaction = { objectStore: () => table, oncomplete: () => {} };
    queueMicrotask(() => {
      for (let next; (next = asked.shift()) !== undefined;) next();
      transaction.oncomplete();
    });
    return transaction;
  }
}
