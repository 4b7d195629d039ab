/** What the demo shows: a port of one's own, on hosts made for it. */
import { FreshHost } from "../../tests/lab/fresh_host.ts";
import { type Host, Network, type Process, waitFor } from "../../tests/lab/net.ts";
import { KNOCKD } from "../../tests/lab/program.ts";

/** Who speaks: a machine's prompt, or nobody, for what the narrator says. */
export type Speaker = "server" | "alice" | "mallory" | "";

/** One line of the demo. */
export interface Line {
  readonly who: Speaker;
  /** A command that somebody types, or what comes of it. */
  readonly kind: "command" | "answer" | "open" | "shut";
  readonly text: string;
}

const SECONDS_OPEN = 3;

/** Plays it; each line is told as soon as it has happened. */
export async function play(tell: (line: Line) => void): Promise<void> {
  const scratch = await Deno.makeTempDir({ prefix: "knockd-demo-" });
  try {
    await using net = await Network.create();
    const server = await net.host("server");
    const alice = await net.host("alice");
    const mallory = await net.host("mallory");
    await server.listen(22);
    const fresh = await FreshHost.create(server, scratch);
    const home = `${scratch}/home`;
    await Deno.mkdir(home);
    const story = new Story(tell, fresh, { server, alice, mallory }, home);
    await story.firstServer();
    await story.knock();
    await story.replay();
    await story.ending();
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

class Story {
  readonly #tell: (line: Line) => void;
  readonly #fresh: FreshHost;
  readonly #hosts: Readonly<Record<"server" | "alice" | "mallory", Host>>;
  readonly #home: string;
  #daemon!: Process;
  #heard: string[] = [];

  constructor(
    tell: (line: Line) => void,
    fresh: FreshHost,
    hosts: Readonly<Record<"server" | "alice" | "mallory", Host>>,
    home: string,
  ) {
    this.#tell = tell;
    this.#fresh = fresh;
    this.#hosts = hosts;
    this.#home = home;
  }

  /** An empty machine gets a guarded port. */
  async firstServer(): Promise<void> {
    const { server } = this.#hosts;
    const init = `knockd init ssh --open 22 --host ${server.ipv4} --client alice`;
    this.#type("server", "knockd init ssh --open 22 --client alice");
    const { stdout, stderr } = await this.#fresh.run(init);
    const uri = stdout.split("\n").find((line) => line.startsWith("otpauth://"));
    if (uri === undefined) throw new Error(`no line to paste:\n${stderr}`);
    await this.#fresh.run(
      `sed -i 's/^cmd_timeout.*/cmd_timeout = ${SECONDS_OPEN}/' /etc/knockd/knock.toml`,
    );
    this.#answer("server", `${uri.slice(0, 38)}…`);
    this.#type("server", "knockd serve");
    this.#daemon = this.#fresh.spawn("exec knockd serve");
    await this.#daemon.waitForLine(/^listening on \S+ \(.*/, 15_000);
    this.#answer("server", "port 22 is shut to everybody");
    await this.#tryBoth();
    this.#type("alice", "knockd profile add");
    await this.#knockd(this.#hosts.alice, ["profile", "add"], uri);
  }

  /** Whoever has the secret gets in, and nobody else. */
  async knock(): Promise<void> {
    const { server, alice } = this.#hosts;
    this.#type("alice", `knockd knock ${server.ipv4} --otp`);
    const knock = ["knock", server.ipv4, "--otp", "--form", "sequence", "--verbose"];
    const { stdout, stderr } = await this.#knockd(alice, knock);
    this.#heard = [...`${stdout}${stderr}`.matchAll(/\S:(\d+)\b/g)].map(([, it]) => it!);
    const open = new RegExp(`^${alice.ipv4}: ssh: OPEN SESAME`);
    await this.#daemon.waitForLine(open, 15_000);
    this.#answer("server", `${alice.ipv4}: ssh: OPEN SESAME`);
    await this.#tryBoth();
  }

  /** Who saw the knock repeats it. */
  async replay(): Promise<void> {
    const { server, mallory } = this.#hosts;
    this.#type("mallory", `knock ${server.ipv4} ${this.#heard.slice(0, 2).join(" ")} …`);
    await this.#knockd(mallory, ["knock", server.ipv4, ...this.#heard]);
    const [, reason] = await this.#daemon.waitForLine(
      new RegExp(`^${mallory.ipv4}: ssh.*(used already)`),
      15_000,
    );
    this.#answer("server", `${mallory.ipv4}: ssh: the sequence was ${reason}`);
    await this.#try("mallory");
  }

  /** The kernel closes it. */
  async ending(): Promise<void> {
    const { alice, server } = this.#hosts;
    this.#tell({ who: "", kind: "answer", text: `… ${SECONDS_OPEN} seconds later …` });
    const shut = async () => !await alice.canConnect(server.ipv4, 22, 300);
    await waitFor(shut, (SECONDS_OPEN + 10) * 1000, () => this.#daemon.stderr);
    await this.#try("alice");
  }

  #type(who: Speaker, text: string): void {
    this.#tell({ who, kind: "command", text });
  }

  #answer(who: Speaker, text: string): void {
    this.#tell({ who, kind: "answer", text });
  }

  async #tryBoth(): Promise<void> {
    await this.#try("alice");
    await this.#try("mallory");
  }

  async #try(who: "alice" | "mallory"): Promise<void> {
    const open = await this.#hosts[who].canConnect(this.#hosts.server.ipv4, 22);
    const text = open ? "port 22 is open" : "port 22 does not answer";
    this.#tell({ who, kind: open ? "open" : "shut", text });
  }

  #knockd(host: Host, args: readonly string[], stdin?: string) {
    const env = { XDG_CONFIG_HOME: this.#home };
    const options = stdin === undefined ? { env } : { env, stdin };
    return host.run([...KNOCKD, ...args], options);
  }
}
