/** TUN devices: IP packets in and out of a program. A device lives as long as its program. */

const O_RDWR = 2;
const O_NONBLOCK = 0x800;
const TUNSETIFF = 0x400454can;
const IFF_TUN_NO_PI = 0x1001;

/** Makes the device of a name, and gives what its other end can do. */
export function openTun(name: string) {
  const { symbols } = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  });
  const path = new TextEncoder().encode("/dev/net/tun\0");
  const fd = symbols.open(path, O_RDWR | O_NONBLOCK);
  const request = new Uint8Array(40);
  new TextEncoder().encodeInto(name, request);
  new DataView(request.buffer).setUint16(16, IFF_TUN_NO_PI, true);
  if (symbols.ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`cannot make ${name}`);
  const buffer = new Uint8Array(2048);
  return {
    /** The next packet that the host sent, if there is one. */
    read(): Uint8Array<ArrayBuffer> | undefined {
      const size = Number(symbols.read(fd, buffer, BigInt(buffer.length)));
      return size > 0 ? buffer.slice(0, size) : undefined;
    },
    /** Lets a packet come to the host. */
    write(packet: Uint8Array<ArrayBuffer>): void {
      symbols.write(fd, packet, BigInt(packet.length));
    },
  };
}
