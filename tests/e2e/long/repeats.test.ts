/** Knocks that hit ports again, by others' clients and by the kernel. */
import assert from "node:assert/strict";
import { knock, recordingDoor, Scratch, serve } from "../../lab/daemon.ts";
import { type Host, Network } from "../../lab/net.ts";
import type { Process } from "../../lab/process.ts";

interface Place {
  readonly scratch: Scratch;
  readonly server: Host;
  readonly client: Host;
  readonly daemon: Process;
}

/** A server that drops what comes to its ports, with these doors, and one for the end. */
async function at(
  doors: Record<string, string>,
  more: string,
  test: (place: Place) => Promise<void>,
): Promise<void> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  await server.dropIncoming();
  const texts = Object.entries(doors).map(([name, sequence]) =>
    recordingDoor(scratch, name, sequence, more)
  );
  const end = recordingDoor(scratch, "end", "4001,4002:udp,4003", more);
  await using daemon = await serve(server, await scratch.config(texts.join("") + end));
  await test({ scratch, server, client, daemon });
}

/** The doors that opened, once a last knock has opened its own. */
async function opened({ scratch, server, client }: Place, count: number) {
  await knock(client, server.ipv4, 4001, "4002:udp", 4003);
  const lines = await scratch.waitForLines("opened", count + 1);
  return lines.map((line) => line.split(" ")[0]).sort();
}

Deno.test("connections that hang and are tried again by the kernel open once", () =>
  at({ ssh: "7000,8000,9000" }, "seq_timeout = 3", async (place) => {
    const { client, server } = place;
    const connect = `import socket,time
sockets = [socket.socket() for _ in range(3)]
for s, port in zip(sockets, (7000, 8000, 9000)):
    s.setblocking(False)
    s.connect_ex(("${server.ipv4}", port))
time.sleep(12)`;
    // Between some of the tries there is more than the timeout.
    await client.run(["python3", "-c", connect]);
    assert.deepEqual(await opened(place, 1), ["end", "ssh"]);
  }));

Deno.test("a client that connects to every port several times opens once", () =>
  at({ ssh: "7000,8000,9000" }, "", async (place) => {
    const { client, server } = place;
    for (const port of [7000, 8000, 9000]) {
      const scan = ["nmap", "-n", "-Pn", "-sS", "--max-retries", "3"];
      await client.run([...scan, "-p", `${port}`, server.ipv4]);
    }
    assert.deepEqual(await opened(place, 1), ["end", "ssh"]);
  }));

Deno.test("datagrams of one socket and of nping, from one port, are hits each", () =>
  at(
    { pair: "7000:udp,7000:udp", back: "7100:udp,8100:udp,7100:udp" },
    "",
    async (place) => {
      const { client, server } = place;
      const send = `import socket,time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in (7000, 7000):
    s.sendto(b"", ("${server.ipv4}", port))
    time.sleep(0.05)`;
      await client.run(["python3", "-c", send]);
      const nping = ["nping", "--udp", "-g", "53", "-c", "1", "-p"];
      for (const port of [7100, 8100, 7100]) {
        await client.run([...nping, `${port}`, server.ipv4]);
      }
      assert.deepEqual(await opened(place, 2), ["back", "end", "pair"]);
    },
  ));

Deno.test("what waited while the daemon was stopped opens nothing", () =>
  at({ ssh: "7000,8000,9000" }, "seq_timeout = 2", async (place) => {
    const { client, server, daemon } = place;
    Deno.kill(daemon.pid, "SIGSTOP");
    await knock(client, server.ipv4, 7000, 8000, 9000);
    await client.run(["sleep", "4"]);
    Deno.kill(daemon.pid, "SIGCONT");
    await daemon.waitForLine(/ssh: refused: .* waited to be read/, 20_000);
    assert.deepEqual(await opened(place, 0), ["end"]);
  }));
