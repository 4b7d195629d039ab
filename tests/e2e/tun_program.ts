/**
 * Makes the TUN device of a name and sends it a packet every 20 ms, as a VPN does with
 * what it receives: `tun_program.ts NAME PORT...`. The device lives as long as this program.
 */
import { udp } from "../core/packets.ts";

const libc = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
});

const O_RDWR = 2;
const TUNSETIFF = 0x400454can;
const IFF_TUN_NO_PI = 0x1001;

const [name = "", ...ports] = Deno.args;
const { open, ioctl, write } = libc.symbols;
const fd = open(new TextEncoder().encode("/dev/net/tun\0"), O_RDWR);
const request = new Uint8Array(40);
new TextEncoder().encodeInto(name, request);
new DataView(request.buffer).setUint16(16, IFF_TUN_NO_PI, true);
if (ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`cannot make ${name}`);

let sent = 0;
setInterval(() => {
  const dport = Number(ports[sent % ports.length]);
  const sport = 1024 + sent++ % 60_000;
  const packet = new Uint8Array(udp({ dst: "10.78.0.1", dport, sport }));
  write(fd, packet, BigInt(packet.length));
}, 20);
console.log("ready");
