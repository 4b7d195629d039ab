/** Addresses of Unix sockets, as the kernel takes them. */

/** The family of Unix sockets. */
export const AF_UNIX = 1;
/** sizeof(sun_path) in struct sockaddr_un. */
const MAX_PATH = 108;

/** struct sockaddr_un, no longer than it must be: an abstract name ends where it ends. */
export function unixAddress(name: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[/@]./s.test(name) || name.includes("\0")) return undefined;
  const path = new TextEncoder().encode(name);
  if (path.length >= MAX_PATH) return undefined;
  if (path[0] === 0x40) path[0] = 0;
  const address = new Uint8Array(2 + path.length);
  address[0] = AF_UNIX; // u16 in the host's order; Deno runs on little-endian machines only.
  address.set(path, 2);
  return address;
}
