/**
 * Makes the TUN device of a name and sends it a packet every 20 ms, as a VPN does with
 * what it receives: `tun_program.ts NAME PORT...`. The device lives as long as this program.
 */
import { udp } from "../core/packets.ts";

const O_RDWR = 2;
const O_NONBLOCK = 0x800;
const TUNSETIFF = 0x400454can;
const IFF_TUN_NO_PI = 0x1001;

/** Makes the device, and gives what lets a packet come to the host through it. */
function openTun(name: string): (packet: Uint8Array<ArrayBuffer>) => void {
  const { symbols } = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  });
  const path = new TextEncoder().encode("/dev/net/tun\0");
  const fd = symbols.open(path, O_RDWR | O_NONBLOCK);
  const request = new Uint8Array(40);
  new TextEncoder().encodeInto(name, request);
  new DataView(request.buffer).setUint16(16, IFF_TUN_NO_PI, true);
  if (symbols.ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`cannot make ${name}`);
  return (packet) => void symbols.write(fd, packet, BigInt(packet.length));
}

const [name = "", ...ports] = Deno.args;
const receive = openTun(name);
let sent = 0;
setInterval(() => {
  const dport = Number(ports[sent % ports.length]);
  const sport = 1024 + sent++ % 60_000;
  receive(new Uint8Array(udp({ dst: "10.78.0.1", dport, sport })));
}, 20);
console.log("ready");
