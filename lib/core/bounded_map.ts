/** A map that can't grow for ever. */

/** A map of so many entries at most; the one that was set longest ago is forgotten first. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number;
  readonly #onForgotten: (value: Value) => void;

  /** `onForgotten` is told what gave way to something newer. */
  constructor(most: number, onForgotten: (value: Value) => void = () => {}) {
    super();
    this.#most = most;
    this.#onForgotten = onForgotten;
  }

  /** Sets an entry, which is the newest then, however old the key is. */
  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size <= this.#most) return this;
    const [[oldest, forgotten]] = this as unknown as [[Key, Value]];
    this.delete(oldest);
    this.#onForgotten(forgotten);
    return this;
  }
}
