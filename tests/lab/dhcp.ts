/** DHCP as busybox has it: a server and a client that others wrote. */
import { Scratch } from "./daemon.ts";
import type { Host } from "./net.ts";

/** What udhcpc calls with its news; the addresses are the kernel's from then on. */
const SCRIPT = `#!/bin/sh
case $1 in
  deconfig) ip -4 address flush dev "$interface" ;;
  bound | renew) ip address replace "$ip/24" valid_lft "$lease" preferred_lft "$lease" \\
    dev "$interface" ;;
esac
`;

/** Has a server give a client this address, in place of the one it had. */
export async function giveAddress(
  server: Host,
  client: Host,
  address: string,
): Promise<void> {
  await using scratch = await Scratch.create();
  const leases = await scratch.write("leases", "");
  const config = await scratch.write(
    "udhcpd.conf",
    `start ${address}
end ${address}
interface ${server.interface}
lease_file ${leases}
pidfile ${scratch.path("pid")}
option lease 600
`,
  );
  const script = await scratch.write("script", SCRIPT);
  await Deno.chmod(script, 0o700);
  const daemon = server.spawn(["busybox", "udhcpd", "-f", "-a", "50", config]);
  await daemon.waitForLine(/started/);
  const asking = ["-i", client.interface, "-s", script, "-t", "5", "-T", "1"];
  await client.run(["busybox", "udhcpc", "-f", "-n", "-q", ...asking]);
  await daemon.stop();
}
