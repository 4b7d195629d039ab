/** A host whose port 22 the kernel guards, one who may knock and one who may not. */
import { knock, type Scratch } from "./daemon.ts";
import { type Host, KNOCKD, type Network, waitFor } from "./net.ts";

/** What opens the door ssh. */
export const KNOCK = [7000, 8000, 9000];

/** Time enough for a busy machine. */
const PATIENCE_MS = 20_000;

/** The hosts of a test. */
export interface Guarded {
  readonly server: Host;
  readonly alice: Host;
  readonly mallory: Host;
}

/** Three hosts; the server listens on port 22. */
export async function guardedHosts(net: Network): Promise<Guarded> {
  const server = await net.host("server");
  const alice = await net.host("alice");
  const mallory = await net.host("mallory");
  await server.listen(22);
  return { server, alice, mallory };
}

/** A config whose door ssh opens port 22. */
export function sshConfig(scratch: Scratch, seconds: number, more = ""): Promise<string> {
  return scratch.config(
    `[doors.ssh]\nopen = 22\nsequence = "${KNOCK}"\ncmd_timeout = ${seconds}\n${more}`,
  );
}

/** Knocks, again if the network lost a packet, until the port answers. */
export async function knockUntilOpen(
  from: Host,
  address: string,
  port = 22,
  ports: readonly number[] = KNOCK,
): Promise<void> {
  await waitFor(
    async () => {
      await knock(from, address, ...ports);
      return await from.canConnect(address, port, 1000);
    },
    PATIENCE_MS,
    `${address}:${port} to open`,
  );
}

/** Waits until nobody gets in from there any more. */
export async function waitUntilShut(from: Host, address: string, port = 22) {
  const shut = async () => !await from.canConnect(address, port);
  await waitFor(shut, PATIENCE_MS, `${address}:${port} to close`);
}

/** `knockd firewall WHAT`: its exit code and all that it says. */
export async function firewall(
  server: Host,
  what: string,
  config: string,
  ...more: string[]
): Promise<{ code: number; said: string }> {
  const argv = [...KNOCKD, "firewall", what, "-c", config, ...more];
  const { code, stdout, stderr } = await server.run(argv, {
    check: false,
    timeout: PATIENCE_MS,
  });
  return { code, said: stdout + stderr };
}

/** The whole ruleset of a host. */
export async function ruleset(server: Host): Promise<string> {
  return (await server.run(["nft", "list", "ruleset"])).stdout;
}
