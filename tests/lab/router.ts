/** A host between two others, through which their packets go. */
import type { Host } from "./net.ts";

/** Makes a host forward what a client sends to a server. */
export async function routeThrough(
  router: Host,
  client: Host,
  server: Host,
): Promise<void> {
  const conf = "/proc/sys/net/ipv4";
  // The way without the router is shorter, and it must not tell.
  const silence = `for f in ${conf}/conf/*/send_redirects; do echo 0 > $f; done`;
  await router.run(["sh", "-c", `${silence}; echo 1 > ${conf}/ip_forward`]);
  await client.run(["ip", "route", "add", `${server.ipv4}/32`, "via", router.ipv4]);
}

/** Makes a router put its own address in the place of those it forwards for. */
export async function masquerade(router: Host): Promise<void> {
  const rule = ["-A", "POSTROUTING", "-o", router.interface, "-j", "MASQUERADE"];
  await router.run(["iptables", "-w", "-t", "nat", ...rule]);
}
