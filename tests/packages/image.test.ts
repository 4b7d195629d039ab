/** The container image, loaded and run by podman as docs/install.md says. */
import assert from "node:assert/strict";
import { VERSION } from "../../lib/version.ts";
import { knock } from "../lab/daemon.ts";
import { type Host, Network, waitFor } from "../lab/net.ts";
import { type Result, run, type RunOptions } from "../lab/process.ts";
import { ARCH, PACKAGES } from "./packages.ts";

const ARCHIVE = `${PACKAGES}/knockd-${VERSION}-image-${ARCH}.oci.tar`;
const IMAGE = `localhost/knockd:${VERSION}`;
const CONFIG = `[options]
interface = "eth0"
[doors.ssh]
sequence = "7000,8000,9000"
open = 22
[doors.mark]
sequence = "7001,8001,9001"
command = "nft list tables >/dev/null && iptables -S >/dev/null && echo %IP% >/run/mark"
`;
/** What the documentation gives it, and what a machine with low limits needs. */
const RIGHTS = [
  ...["--cap-drop", "all", "--cap-add", "net_raw", "--cap-add", "net_admin"],
  ...["--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/run"],
  ...["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"],
];

Deno.test("the image hears knocks, opens by the kernel and by commands, and tells its health", async () => {
  const directory = await Deno.makeTempDir({ prefix: "knockd-image-" });
  const podman = (argv: string[], options: RunOptions = {}): Promise<Result> => {
    const own = ["--root", `${directory}/root`, "--runroot", `${directory}/run`];
    own.push("--tmpdir", `${directory}/tmp`, "--runtime", "runc");
    return run(
      ["podman", ...own, "--cgroup-manager", "cgroupfs", ...argv],
      { timeout: 180_000, ...options },
    );
  };
  await Deno.mkdir(`${directory}/etc`);
  await Deno.writeTextFile(`${directory}/etc/knock.toml`, CONFIG, { mode: 0o600 });
  try {
    await podman(["load", "--quiet", "--input", ARCHIVE]);
    const { code } = await podman([
      "run",
      "--rm",
      ...RIGHTS,
      "--network",
      "none",
      IMAGE,
      "status",
    ], { check: false });
    assert.equal(code, 1, "no daemon is no health");

    await using net = await Network.create();
    const server = await net.host("server");
    const client = await net.host("client");
    const network = ["--network", `ns:/run/netns/${server.namespace}`];
    const volumes = ["-v", `${directory}/etc:/etc/knockd:ro`];
    const named = ["run", "--detach", "--name", "knockd"];
    await podman([...named, ...RIGHTS, ...network, ...volumes, IMAGE]);
    const healthy = async () =>
      (await podman(["healthcheck", "run", "knockd"], { check: false })).code === 0;
    await waitFor(healthy, 60_000, "the container's health");
    await opensBoth(server, client, async () => {
      const { stdout } = await podman(["exec", "knockd", "cat", "/run/mark"], {
        check: false,
      });
      return stdout.trim() === client.ipv4;
    });
    await podman(["stop", "--time", "60", "knockd"]);
    const { stdout } = await server.run(["nft", "list", "table", "inet", "knockd"]);
    assert.ok(!stdout.includes(client.ipv4), "what was open is closed at the end");
  } finally {
    await podman(["rm", "--force", "--all"], { check: false });
    await run(["umount", "--lazy", `${directory}/root/overlay`], { check: false });
    await Deno.remove(directory, { recursive: true });
  }
});

/** A daemon that has just begun may miss the first knock. */
async function opensBoth(server: Host, client: Host, marked: () => Promise<boolean>) {
  await waitFor(
    async () => {
      await knock(client, server.ipv4, 7000, 8000, 9000);
      await knock(client, server.ipv4, 7001, 8001, 9001);
      const { stdout } = await server.run(["nft", "list", "table", "inet", "knockd"]);
      return stdout.includes(client.ipv4) && await marked();
    },
    60_000,
    "both doors to open",
  );
}
