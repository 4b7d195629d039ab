/** Sees to the Debian packages that the tests, the demo and the benchmarks use. */

import { run } from "../tests/lab/process.ts";

/** A package, and what shows that it, or another's like it, is there. */
interface Need {
  readonly package: string;
  /** A program on PATH. */
  readonly program?: string;
  /** What a library is loaded by, each of which will do. */
  readonly sonames?: readonly string[];
  /** A file, for what has no program. */
  readonly file?: string;
  /** Tests do without, saying why: not every architecture and Debian has it. */
  readonly optional?: true;
}

const DEMO: readonly Need[] = [
  { package: "libpcap0.8", sonames: ["libpcap.so.1", "libpcap.so.0.8"] },
  { package: "libnftables1", sonames: ["libnftables.so.1"] },
  { package: "iproute2", program: "ip" },
];
// A kernel in which the tests run that the running one cannot.
const OTHER_KERNEL: readonly Need[] = [
  { package: "kmod", program: "modprobe", optional: true },
  { package: "user-mode-linux", program: "linux.uml", optional: true },
];
const TESTS: readonly Need[] = [
  ...DEMO,
  { package: "busybox", program: "busybox" },
  { package: "dropbear-bin", program: "dropbear" },
  { package: "etcd-client", program: "etcdctl" },
  { package: "faketime", program: "faketime" },
  { package: "etcd-server", program: "etcd" },
  { package: "fish", program: "fish" },
  { package: "fwknop-client", program: "fwknop" },
  { package: "fwknop-server", program: "fwknopd" },
  { package: "hping3", program: "hping3" },
  { package: "iptables", program: "iptables" },
  { package: "knockd", program: "knockd" },
  { package: "lintian", program: "lintian" },
  { package: "mandoc", program: "mandoc" },
  { package: "minisign", program: "minisign" },
  { package: "mksh", program: "mksh" },
  { package: "mmdebstrap", program: "mmdebstrap" },
  { package: "netcat-openbsd", program: "nc" },
  { package: "nftables", program: "nft" },
  { package: "nmap", program: "nmap" },
  { package: "oathtool", program: "oathtool" },
  { package: "openssh-client", program: "ssh" },
  { package: "openssl", program: "openssl" },
  { package: "prometheus", program: "promtool" },
  { package: "python3-jsonschema", program: "jsonschema" },
  // What boots the printed units, and the systems that packages are installed in.
  { package: "systemd-container", program: "systemd-nspawn", optional: true },
  { package: "systemd-sysv", program: "init", optional: true },
  { package: "dbus", program: "dbus-daemon", optional: true },
  { package: "qemu-user-static", program: "qemu-aarch64-static" },
  { package: "tcpdump", program: "tcpdump" },
  { package: "tcpreplay", program: "tcpreplay" },
  { package: "xxd", program: "xxd" },
  { package: "zsh", program: "zsh" },
  ...(Deno.build.arch === "x86_64" ? OTHER_KERNEL : []),
];

// The three engines, of which WebKit wants a screen, what else people knock with, what
// reads the log, and what runs the image.
const LONG: readonly Need[] = [
  ...TESTS,
  { package: "chromium", program: "chromium" },
  { package: "curl", program: "curl" },
  { package: "fail2ban", program: "fail2ban-regex" },
  { package: "firefox-esr", program: "firefox-esr" },
  { package: "logrotate", program: "logrotate" },
  { package: "podman", program: "podman" },
  { package: "python3-scapy", program: "scapy" },
  { package: "rsyslog", program: "rsyslogd" },
  // Checks the fleet's protocol by a program in C that it writes.
  { package: "spin", program: "spin" },
  { package: "gcc", program: "gcc" },
  { package: "libc6-dev", file: "/usr/include/stdio.h" },
  { package: "runc", program: "runc" },
  { package: "webkit2gtk-driver", program: "WebKitWebDriver" },
  { package: "wget", program: "wget" },
  { package: "xvfb", program: "Xvfb" },
];
// The floors are C programs.
const BENCH: readonly Need[] = [
  ...TESTS,
  { package: "gcc", program: "gcc" },
  { package: "libc6-dev", file: "/usr/include/stdio.h" },
  { package: "libpcap-dev", file: "/usr/include/pcap/pcap.h" },
];
// What unpacks the image's libraries; libraries of other architectures need nothing more.
const RELEASE: readonly Need[] = [{ package: "mmdebstrap", program: "mmdebstrap" }];
const NEEDS = { demo: DEMO, release: RELEASE, tests: TESTS, long: LONG, bench: BENCH };

/** Installs what is missing when root on Debian; otherwise says what to run, and throws. */
export async function provision(what: keyof typeof NEEDS): Promise<void> {
  const missing: Need[] = [];
  for (const need of NEEDS[what]) {
    if (!await isPresent(need)) missing.push(need);
  }
  await install(missing.filter(({ optional }) => !optional));
  try {
    await install(missing.filter(({ optional }) => optional));
  } catch (error) {
    console.error(`${(error as Error).message}\nWhat needs these is not run.`);
  }
}

/** Debian's way to have no service started by an installation. */
const POLICY = "/usr/sbin/policy-rc.d";

/** Installs quietly: no daemon of these packages is to run on this machine. */
async function withoutServices(install: () => Promise<unknown>): Promise<void> {
  try {
    await Deno.writeTextFile(POLICY, "#!/bin/sh\nexit 101\n", {
      mode: 0o755,
      createNew: true,
    });
  } catch (error) {
    // Whoever has a policy of their own keeps it.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return void await install();
  }
  try {
    await install();
  } finally {
    await Deno.remove(POLICY);
  }
}

async function install(needs: readonly Need[]): Promise<void> {
  if (needs.length === 0) return;
  const names = needs.map((need) => need.package);
  const argv = ["apt-get", "install", "-y", "--no-install-recommends", ...names];
  const sudo = Deno.uid() === 0 ? "" : "sudo ";
  const command = `${sudo}apt-get update && ${sudo}${argv.join(" ")}`;
  if (!await hasProgram("apt-get")) {
    throw new Error(`missing: ${names.join(", ")} (the names of the Debian packages)`);
  }
  if (Deno.uid() !== 0) {
    throw new Error(`missing Debian packages; run\n\n    ${command}\n`);
  }
  console.error(`installing ${names.join(", ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run(["apt-get", "update"], { timeout: 300_000 });
    await withoutServices(() => run(argv, { timeout: 600_000, env }));
  } catch (error) {
    throw new Error(`cannot install packages; run\n\n    ${command}\n`, { cause: error });
  }
}

async function isPresent({ program, sonames = [], file }: Need): Promise<boolean> {
  if (file !== undefined) return await isFile(file);
  return program === undefined ? sonames.some(canLoad) : await hasProgram(program);
}

/** Root's programs count too: a user's PATH often lacks the sbin directories. */
async function hasProgram(name: string): Promise<boolean> {
  const path = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin:/usr/bin:/bin`;
  for (const directory of path.split(":").filter(Boolean)) {
    if (await isFile(`${directory}/${name}`)) return true;
  }
  return false;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((file) => file.isFile, () => false);
}

function canLoad(soname: string): boolean {
  try {
    Deno.dlopen(soname, {}).close();
    return true;
  } catch {
    return false;
  }
}
