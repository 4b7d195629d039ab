/** Where the programs are that change a firewall. */

const DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * A PATH in which nft, iptables and ip are found: that of root who came by `su`, or of a
 * user of Debian's, has none of their directories.
 */
export function withSystemDirectories(path: string): string {
  const directories = path.split(":").filter((directory) => directory !== "");
  return [...new Set([...directories, ...DIRECTORIES])].join(":");
}
