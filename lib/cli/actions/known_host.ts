/** What others know this machine by, as far as it knows itself. */

/** Its full name if it has one, else an address of its own, else its short name. */
export function knownHost(): string {
  const name = Deno.hostname();
  if (/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(name)) return name;
  const addresses = Deno.networkInterfaces()
    .filter(({ name, address }) => name !== "lo" && !/^(fe80:|127\.)/i.test(address));
  const ipv4 = addresses.find(({ family }) => family === "IPv4");
  return (ipv4 ?? addresses[0])?.address ?? name;
}
