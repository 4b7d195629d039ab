/** Knocks for real: the executable as daemon on one host and as client on another. */

import { Network, waitFor } from "../../tests/lab/net.ts";

const SEQUENCE = ["7000", "8000:udp", "9000"];

/** Throws unless the executable's knock makes the executable's daemon run a command. */
export async function realKnock(
  executable: string,
  env: Record<string, string>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "knockd-build-" });
  try {
    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    const config = `${directory}/knock.toml`;
    await Deno.writeTextFile(config, configuration(directory));
    const daemon = server.spawn([executable, "serve", "--config", config], { env });
    await daemon.waitForLine(/listening on eth0/, 10_000);
    await client.run([executable, "knock", server.ipv4, ...SEQUENCE], { env });
    const opened = async () =>
      await Deno.readTextFile(`${directory}/opened`).catch(() => "") === client.ipv4;
    const story = () => `the command of a door that was knocked on\n${daemon.stderr}`;
    await waitFor(opened, 5000, story);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function configuration(directory: string): string {
  return `[options]
interface = "eth0"
state_dir = "${directory}/state"
pid_file  = "${directory}/knockd.pid"
control   = "${directory}/knockd.sock"

[doors.test]
sequence = ${JSON.stringify(SEQUENCE)}
command  = "printf %s %IP% >${directory}/new && mv ${directory}/new ${directory}/opened"
`;
}
