/** The packages for 64-bit ARM on a processor that is played, with libraries of ARM's. */
import assert from "node:assert/strict";
import { VERSION } from "../../lib/version.ts";
import { LinkType } from "../../lib/core/packet/parse.ts";
import { RUN_FLAGS } from "../../tools/build/compile.ts";
import { ethernet, savefile } from "../core/frames.ts";
import { SYN, tcp } from "../core/packets.ts";
import { run } from "../lab/process.ts";
import { PACKAGES } from "./packages.ts";

const LIBRARIES = "libc6,libgcc-s1,libpcap0.8";
const CONFIG = `[doors.web]
sequence = "7000,8000,9000"
command = "true"
[doors.ssh]
command = "true"
[doors.ssh.otp]
`;

Deno.test("the package for ARM runs there: a recording is replayed, a journal is made", async () => {
  const directory = await Deno.makeTempDir({ prefix: "knockd-arm64-" });
  const root = `${directory}/root`;
  try {
    await run([
      ...["mmdebstrap", "--quiet", "--arch=arm64", "--variant=extract"],
      ...[`--include=${LIBRARIES}`, "bookworm", root],
    ], { timeout: 400_000 });
    await run(["dpkg-deb", "-x", `${PACKAGES}/knockd_${VERSION}_arm64.deb`, root]);
    await Deno.copyFile("/usr/bin/qemu-aarch64-static", `${root}/qemu`);
    await Deno.writeTextFile(`${root}/etc/knockd/knock.toml`, CONFIG, { mode: 0o600 });
    await Deno.writeFile(`${root}/knock.pcap`, recording());

    const replay = await knockd(root, "replay", "/knock.pcap");
    assert.match(replay, /10\.77\.0\.2: web: OPEN SESAME/);
    assert.match(
      await knockd(root, "enroll", "ssh", "alice", "--host", "h"),
      /^otpauth:/m,
    );
    assert.ok((await Deno.stat(`${root}/var/lib/knockd/journal.db`)).size > 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** As the script of the package runs it; a shell would need the kernel to know of qemu. */
async function knockd(root: string, ...args: string[]): Promise<string> {
  const program = ["/usr/lib/knockd/knockd", "run", ...RUN_FLAGS];
  const main = "/usr/lib/knockd/program/main.js";
  const mounted =
    'mkdir -p "$0/proc" && mount -t proc none "$0/proc" && exec chroot "$@"';
  const inside = ["unshare", "--mount", "sh", "-c", mounted, root, root, "/qemu"];
  const { stdout } = await run([...inside, ...program, main, ...args], {
    timeout: 300_000,
    env: { DENO_DIR: "/var/cache/knockd/deno", HOME: "/root" },
  });
  return stdout;
}

/** A knock at the door web. */
function recording(): Uint8Array<ArrayBuffer> {
  const frames = [7000, 8000, 9000].map((dport, i) =>
    ethernet(
      tcp({
        src: "10.77.0.2",
        dst: "10.77.0.1",
        dport,
        flags: SYN,
        sport: 1024 + i,
        seq: i,
      }),
      [],
    )
  );
  return Uint8Array.from(savefile(LinkType.ETHERNET, frames));
}

Deno.test("the file for ARM that unpacks itself says what it is for, and holds what it says", async () => {
  const file = `${PACKAGES}/knockd-${VERSION}-linux-arm64`;
  const bytes = await Deno.readFile(file);
  const header = new TextDecoder().decode(bytes.subarray(0, 12_000));
  assert.match(header, /this machine not a aarch64-unknown-linux-gnu/);
  const size = Number(header.match(/^payload_at=\$\(\((\d+) \+ 1\)\)$/m)![1]);
  const sum = header.match(/^payload_sha256=(\w+)$/m)![1];
  const payload = await crypto.subtle.digest("SHA-256", bytes.subarray(size));
  assert.equal(new Uint8Array(payload).toHex(), sum);
});
