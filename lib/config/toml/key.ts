/** Keys of TOML. */

/** A name as a key is written: in quotes where it has to be. */
export function tomlKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}
