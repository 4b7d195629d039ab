/** An ssh server that lets root in by a key, and ssh's client for it. */
import type { Scratch } from "./daemon.ts";
import { type Host, run } from "./net.ts";

/** Starts Dropbear on port 22 of a host; gives the path of root's key for it. */
export async function sshServer(host: Host, scratch: Scratch): Promise<string> {
  const hostKey = scratch.path("host_key");
  await run(["dropbearkey", "-t", "ed25519", "-f", hostKey]);
  const key = scratch.path("key");
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]);
  // Root's home is one of its own here: nobody's authorized_keys are touched.
  const home = "mount -t tmpfs -o mode=700 none ~root && mkdir -m 700 ~root/.ssh && " +
    `cat > ~root/.ssh/authorized_keys && exec "$@"`;
  const dropbear = ["dropbear", "-F", "-E", "-s", "-p", "22", "-r", hostKey];
  const pidFile = ["-P", scratch.path("dropbear.pid")];
  const stdin = await Deno.readTextFile(`${key}.pub`);
  const server = host.spawn(["sh", "-c", home, "sh", ...dropbear, ...pidFile], { stdin });
  await server.waitForLine(/Not backgrounding/);
  return key;
}
