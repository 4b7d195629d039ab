/** Joins two hosts by a wire of their own, without the switch that drops broken packets. */
import { PERMISSIONS, V8_FLAGS } from "../../tools/permissions.ts";
import { type Host, KNOCKD, MAIN, type Network, type Process } from "./net.ts";

/** The device at both ends. */
export const DEVICE = "k0";
/** The server's address on the wire. */
export const SERVER = "10.78.0.1";
/** The client's. */
export const CLIENT = "10.78.0.2";

/** Joins them; what one sends, the other gets as it is. */
export async function wire(server: Host, client: Host): Promise<void> {
  const peer = ["peer", "name", DEVICE, "netns", server.namespace];
  await client.run(["ip", "link", "add", DEVICE, "type", "veth", ...peer]);
  for (const [host, address] of [[server, SERVER], [client, CLIENT]] as const) {
    await host.run(["ip", "address", "add", `${address}/24`, "dev", DEVICE]);
    await host.run(["ip", "link", "set", DEVICE, "up"]);
  }
}

/** A server and a client that are joined so, and by no default route. */
export async function wiredHosts(net: Network): Promise<[server: Host, client: Host]> {
  const server = await net.host("server", { defaultRoute: false });
  const client = await net.host("client", { defaultRoute: false });
  await wire(server, client);
  return [server, client];
}

/** From source with the executable's flags, too, without which it takes twice the memory. */
const PROGRAM = KNOCKD.length === 1
  ? KNOCKD
  : [Deno.execPath(), "run", V8_FLAGS, ...PERMISSIONS, MAIN];

/** Starts the daemon on the wire; it hears when this resolves. */
export async function serveOnWire(server: Host, config: string): Promise<Process> {
  const daemon = server.spawn([...PROGRAM, "serve", "-c", config, "-i", DEVICE]);
  await daemon.waitForLine(new RegExp(`listening on ${DEVICE} \\(`), 60_000);
  return daemon;
}

/** MiB resident of a process. */
export async function memoryOf({ pid }: { pid: number }): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}
