/** Debian's etcd on hosts: a member on each, with certificates and users made for it. */
import type { Scratch } from "./daemon.ts";
import { type Host, type Process, run, waitFor } from "./net.ts";

/** What nodes say who they are with. */
const USER = { name: "knockd", password: "a password" } as const;

const ROOT = ["--user", `root:${USER.password}`];

const EC = ["-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** Members of one etcd, one on each host. */
export class Etcd {
  readonly #scratch: Scratch;
  readonly #hosts: readonly Host[];
  readonly #members = new Map<Host, Process>();

  private constructor(scratch: Scratch, hosts: readonly Host[]) {
    this.#scratch = scratch;
    this.#hosts = hosts;
  }

  /** Makes certificates and starts all members; with users when this resolves. */
  static async start(scratch: Scratch, hosts: readonly Host[]): Promise<Etcd> {
    const etcd = new Etcd(scratch, hosts);
    await etcd.#makeAuthority();
    const names = ["IP:127.0.0.1", ...hosts.map(({ ipv4 }) => `IP:${ipv4}`)];
    await etcd.certificate("member", "/", `subjectAltName=${names.join(",")}`);
    await etcd.certificate("node", "/", "subjectAltName=DNS:node");
    await Promise.all(hosts.map((host) => etcd.startMember(host)));
    await etcd.#makeUsers();
    return etcd;
  }

  /** Where the members answer. */
  get endpoints(): string[] {
    return this.#hosts.map(({ ipv4 }) => `https://${ipv4}:2379`);
  }

  /** A `[fleet]` table for the node of that name. */
  async table(node: string, secret: string): Promise<string> {
    const secretFile = await this.#scratch.write("fleet.secret", secret);
    const password = await this.#scratch.write("password", USER.password);
    return `[fleet]
name = "test"
node = "${node}"
endpoints = ${JSON.stringify(this.endpoints)}
ca = "${this.#scratch.path("ca.crt")}"
cert = "${this.#scratch.path("node.crt")}"
key = "${this.#scratch.path("node.key")}"
user = "${USER.name}"
password_file = "${password}"
secret_file = "${secretFile}"
`;
  }

  /** A certificate of the authority's: NAME.crt and NAME.key. */
  async certificate(name: string, subject: string, extension: string): Promise<void> {
    const path = (end: string) => this.#scratch.path(`${name}.${end}`);
    await this.#scratch.write(`${name}.ext`, extension);
    await openssl(
      "req",
      "-new",
      ...EC,
      "-subj",
      subject,
      "-keyout",
      path("key"),
      "-out",
      path("csr"),
    );
    await openssl(
      "x509",
      "-req",
      "-days",
      "30",
      "-in",
      path("csr"),
      "-out",
      path("crt"),
      "-CA",
      this.#scratch.path("ca.crt"),
      "-CAkey",
      this.#scratch.path("ca.key"),
      "-CAcreateserial",
      "-extfile",
      path("ext"),
    );
    await Deno.chmod(path("key"), 0o600);
  }

  /** What a member is called, where its data are, and who the others are. */
  identity(host: Host): string[] {
    const name = (of: Host) => `m${of.ipv4.split(".").at(-1)}`;
    const peer = (of: Host) => `https://${of.ipv4}:2380`;
    return [
      `--name=${name(host)}`,
      `--data-dir=${this.dataOf(host)}`,
      `--initial-advertise-peer-urls=${peer(host)}`,
      `--initial-cluster=${this.#hosts.map((of) => `${name(of)}=${peer(of)}`)}`,
    ];
  }

  /** The directory of a member's data. */
  dataOf(host: Host): string {
    return this.#scratch.path(`data-${host.ipv4}`);
  }

  /** Starts a member on a host, with the data that it has, or of those that there are. */
  startMember(host: Host, state: "new" | "existing" = "new"): Promise<void> {
    const url = (port: number) => `https://${host.ipv4}:${port}`;
    const path = (file: string) => this.#scratch.path(file);
    const files = (kind: string) => [
      `--${kind}trusted-ca-file=${path("ca.crt")}`,
      `--${kind}cert-file=${path("member.crt")}`,
      `--${kind}key-file=${path("member.key")}`,
      `--${kind}client-cert-auth`,
    ];
    const member = host.spawn([
      "etcd",
      ...this.identity(host),
      `--initial-cluster-state=${state}`,
      `--listen-client-urls=${url(2379)}`,
      `--advertise-client-urls=${url(2379)}`,
      `--listen-peer-urls=${url(2380)}`,
      ...files(""),
      ...files("peer-"),
    ]);
    this.#members.set(host, member);
    return Promise.resolve();
  }

  /** The member on a host. */
  member(host: Host): Process {
    return this.#members.get(host)!;
  }

  /** Runs etcdctl as root against all members. */
  async ctl(...args: string[]): Promise<string> {
    return await this.#etcdctl([...ROOT, ...args]);
  }

  /** Runs etcdctl as root against the member on a host. */
  async ctlAt(host: Host, ...args: string[]): Promise<string> {
    return await this.#etcdctl([...ROOT, ...args], [`https://${host.ipv4}:2379`]);
  }

  async #etcdctl(
    args: readonly string[],
    endpoints: readonly string[] = this.endpoints,
  ): Promise<string> {
    const [host] = this.#hosts;
    const path = (file: string) => this.#scratch.path(file);
    const { stdout } = await host!.run([
      "etcdctl",
      `--endpoints=${endpoints}`,
      `--cacert=${path("ca.crt")}`,
      `--cert=${path("node.crt")}`,
      `--key=${path("node.key")}`,
      ...args,
    ], { env: { ETCDCTL_API: "3" }, timeout: 30_000 });
    return stdout;
  }

  async #makeAuthority(): Promise<void> {
    const path = (file: string) => this.#scratch.path(file);
    await openssl(
      "req",
      "-x509",
      "-days",
      "30",
      ...EC,
      "-subj",
      "/CN=fleet",
      "-keyout",
      path("ca.key"),
      "-out",
      path("ca.crt"),
    );
  }

  async #makeUsers(): Promise<void> {
    await waitFor(() =>
      this.#etcdctl(["endpoint", "health", "--cluster"]).then(() => true, () => false)
    );
    const { name, password } = USER;
    const prefix = "knockd/v1/test/";
    for (
      const command of [
        ["user", "add", `root:${password}`],
        ["user", "grant-role", "root", "root"],
        ["role", "add", name],
        ["role", "grant-permission", name, "readwrite", "--prefix=true", prefix],
        ["user", "add", `${name}:${password}`],
        ["user", "grant-role", name, name],
        ["auth", "enable"],
      ]
    ) await this.#etcdctl(command);
  }
}

/** Of two days ago, so that machines whose clocks are behind take them, too. */
async function openssl(...args: string[]): Promise<void> {
  await run(["faketime", "-f", "-2d", "openssl", ...args]);
}
