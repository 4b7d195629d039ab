/**
 * A bad wire in user space, since not every kernel has netem: makes two TUN devices and
 * carries packets between them, losing, delaying, doubling and so reordering some of them.
 * `bad_wire_program.ts NAME PEER LOSS JITTER_MS DOUBLE SEED`, the chances from 0 to 1.
 */
import { Random } from "../fuzz/random.ts";
import { openTun } from "./tun.ts";

/** A round trip takes twice as long at least. */
const DELAY_MS = 10;

type Tun = ReturnType<typeof openTun>;

const [name = "", peer = "", ...numbers] = Deno.args;
const [loss = 0, jitter = 0, double = 0, seed = 0] = numbers.map(Number);
const random = new Random(seed);
const counts = { carried: 0, lost: 0, doubled: 0 };

function fraction(): number {
  return random.u32() / 2 ** 32;
}

function carry(packet: Uint8Array<ArrayBuffer>, to: Tun): void {
  if (fraction() < loss) {
    counts.lost++;
    return;
  }
  counts.carried++;
  setTimeout(() => to.write(packet), DELAY_MS + jitter * fraction());
}

function drain(from: Tun, to: Tun): void {
  for (let packet = from.read(); packet !== undefined; packet = from.read()) {
    carry(packet, to);
    if (fraction() >= double) continue;
    counts.doubled++;
    carry(packet, to);
  }
}

const [a, b] = [openTun(name), openTun(peer)];
setInterval(() => {
  drain(a, b);
  drain(b, a);
}, 1);
Deno.addSignalListener("SIGTERM", () => {
  console.log(JSON.stringify(counts));
  Deno.exit(0);
});
console.log("ready");
