/**
 * Makes the TUN device of a name and sends it a packet every 20 ms, as a VPN does with
 * what it receives: `tun_program.ts NAME PORT...`. The device lives as long as this program.
 */
import { udp } from "../core/packets.ts";
import { openTun } from "./tun.ts";

const [name = "", ...ports] = Deno.args;
const tun = openTun(name);
let sent = 0;
setInterval(() => {
  const dport = Number(ports[sent % ports.length]);
  const sport = 1024 + sent++ % 60_000;
  tun.write(new Uint8Array(udp({ dst: "10.78.0.1", dport, sport })));
}, 20);
console.log("ready");
