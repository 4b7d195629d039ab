/**
 * IPv6 addresses by the parser that every engine has, the one of URLs: what runs in
 * browsers brings none along.
 */

/** The address as URLs write it, groups without leading zeros; `undefined` if it is none. */
export function ipv6Host(text: string): string | undefined {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return undefined;
  try {
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
}
