/** `knockd watch` beside a daemon that is knocked at. */
import assert from "node:assert/strict";
import { knock, recordingDoor, Scratch, serve } from "../lab/daemon.ts";
import { KNOCKD, Network, waitFor } from "../lab/net.ts";

Deno.test("watch shows an opening and why a knock failed, of the door that was asked for", async () => {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  const client = await net.host("client");
  const doors = recordingDoor(scratch, "ssh", "7000,8000,9000", "seq_timeout = 2") +
    recordingDoor(scratch, "web", "1000,2000,3000", "seq_timeout = 2");
  await serve(server, await scratch.config(doors));
  const control = ["--control", scratch.path("sock")];
  const watch = server.spawn([...KNOCKD, "watch", "--door", "ssh", "--json", ...control]);
  const heard = () =>
    watch.lines.map((line) =>
      JSON.parse(line) as { line: string; values: Record<string, unknown> }
    );
  const told = (pattern: RegExp) => heard().some(({ line }) => pattern.test(line));
  // A watcher hears from when it is there on: who knocks before is not told of.
  await waitFor(async () => {
    await knock(client, server.ipv4, 1000, 2000, 3000);
    await knock(client, server.ipv4, 7000, 8000, 9000);
    return told(/: ssh: OPEN SESAME/);
  }, 20_000);
  await knock(client, server.ipv4, 7000, 8000);
  await waitFor(() => Promise.resolve(told(/2 of 3 ports came|9000 did not/)), 20_000);
  assert.ok(heard().every(({ values }) => values["door"] === "ssh"));
  // One whose reader has gone watches no longer: there is room for few.
  const shell = `${[...KNOCKD, "watch", "--json", ...control].join(" ")} | head -n 1`;
  const short = server.spawn(["sh", "-c", `${shell}; echo ended`]);
  await waitFor(async () => {
    await knock(client, server.ipv4, 7000, 8000);
    return short.lines.at(-1) === "ended";
  }, 20_000);
});
