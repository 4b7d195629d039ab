import assert from "node:assert/strict";
import { send } from "../../lib/page/send.js";
import { inPlaceOf } from "./in_place_of.ts";

Deno.test("a datagram may leave after the knock, when the host's name is found", async () => {
  const open = new Set<string>();
  class Connection {
    readonly #url: string;
    constructor({ iceServers: [{ urls }] }: { iceServers: [{ urls: string }] }) {
      this.#url = urls;
      open.add(urls);
    }
    createDataChannel() {}
    createOffer = () => Promise.resolve({});
    setLocalDescription = () => Promise.resolve();
    close = () => open.delete(this.#url);
  }
  const timers: { due: number; run: () => void }[] = [];
  const later = (run: () => void, due: number) => timers.push({ due, run });
  using _connections = inPlaceOf(globalThis, "RTCPeerConnection", Connection);
  using _setTimeout = inPlaceOf(globalThis, "setTimeout", later);

  const sent = send("2001:db8::1", [{ port: 7000, protocol: "udp" }]);
  for (let round = 0; round < 50; round++) await null;
  const [first, second] = timers.toSorted((a, b) => a.due - b.due);
  first!.run();
  await sent;
  assert.deepEqual([...open], ["stun:[2001:db8::1]:7000"]);
  second!.run();
  assert.equal(open.size, 0);
});
