/** The daemons that are compared, each on a host of its own. */

import { type Host, KNOCKD, type Process, waitFor } from "../../tests/lab/net.ts";
import { PERMISSIONS } from "../../tools/permissions.ts";
import { PacketSocket } from "./packet_socket.ts";
import type { Side } from "./row.ts";

/** A classic door. */
export interface ClassicDoor {
  readonly name: string;
  readonly sequence: string;
  /** For the shell, or with its arguments; knockd 0.8 has the former alone. */
  readonly command: string | readonly string[];
  /** Makes it a door that closes after so many seconds, by a command that does nothing. */
  readonly closesAfter?: number;
}

/** A daemon's command line and how to tell it what to do. */
export interface Contender {
  readonly side: Side;
  /** Milliseconds that it goes on working once it hears. */
  readonly settling: number;
  /** Writes a config below this directory; the command line that runs with it. */
  readonly prepare: (
    directory: string,
    doors: readonly ClassicDoor[],
    more?: string,
  ) => Promise<readonly string[]>;
}

const SEQ_TIMEOUT = 5;

/** knockd of a checkout. */
interface OurContender extends Contender {
  /** The beginning of a command line that runs it. */
  readonly program: readonly string[];
}

/** Ours: as KNOCKD_TEST_BINARY says, or from source. */
export const OURS: OurContender = knockd("ours", KNOCKD);

/** Ours, and before it what `--against` has chosen: an executable or a main.ts. */
export const OURS_AND_BEFORE: readonly OurContender[] = [...before(), OURS];

function before(): OurContender[] {
  const path = Deno.env.get("KNOCKD_BENCH_AGAINST");
  if (path === undefined) return [];
  const source = [Deno.execPath(), "run", ...PERMISSIONS, path];
  return [knockd("before", path.endsWith(".ts") ? source : [path])];
}

/** Of {@link OURS_AND_BEFORE} those whose `--help` lists a subcommand. */
export async function thatHave(subcommand: string): Promise<OurContender[]> {
  const listed = new RegExp(`^ +${subcommand}\\b`, "m");
  const helps = await Promise.all(
    OURS_AND_BEFORE.map(async ({ program: [command, ...args] }) => {
      const asked = new Deno.Command(command!, { args: [...args, "--help"] });
      return new TextDecoder().decode((await asked.output()).stdout);
    }),
  );
  return OURS_AND_BEFORE.filter((_, i) => listed.test(helps[i]!));
}

function knockd(side: Side, program: readonly string[]): OurContender {
  return {
    side,
    program,
    settling: 8000,
    async prepare(directory, doors, more = "") {
      // Counters begin anew with each daemon: what an earlier one spent opens nothing.
      await Deno.remove(`${directory}/${side}`, { recursive: true }).catch(notFound);
      const config = `${directory}/${side}.toml`;
      const options = `[options]
interface = "eth0"
log_file  = "${directory}/${side}.log"
state_dir = "${directory}/${side}"
control   = "${directory}/${side}.sock"
`;
      const text = options + doors.map(tomlDoor).join("") + more;
      // It may hold secrets.
      await Deno.writeTextFile(config, text, { mode: 0o600 });
      return [...program, "serve", "--config", config];
    },
  };
}

function notFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Debian's knockd 0.8. */
export const RIVAL: Contender = {
  side: "rival",
  settling: 300,
  async prepare(directory, doors) {
    const config = `${directory}/knockd.conf`;
    const options = `[options]
  logfile = ${directory}/knockd.log
  interface = eth0
`;
    await Deno.writeTextFile(config, options + doors.map(confDoor).join(""));
    return ["/usr/sbin/knockd", "-c", config];
  },
};

function tomlDoor({ name, sequence, command, closesAfter }: ClassicDoor): string {
  const run = JSON.stringify(command);
  return `
[doors.${name}]
sequence = "${sequence}"
seq_timeout = ${SEQ_TIMEOUT}
tcpflags = "syn"
` + (closesAfter === undefined
    ? `command = ${run}\n`
    : `start_command = ${run}\ncmd_timeout = ${closesAfter}\nstop_command = "true"\n`);
}

function confDoor({ name, sequence, command, closesAfter }: ClassicDoor): string {
  return `
[${name}]
  sequence = ${sequence}
  seq_timeout = ${SEQ_TIMEOUT}
  tcpflags = syn
` + (closesAfter === undefined
    ? `  command = ${command}\n`
    : `  start_command = ${command}\n  cmd_timeout = ${closesAfter}\n  stop_command = true\n`);
}

/** A daemon that hears. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  readonly process: Process;
  readonly capture: PacketSocket;
}

/** Starts a daemon on a host; resolves once it hears. */
export async function start(host: Host, argv: readonly string[]): Promise<Running> {
  const process = host.spawn(argv);
  let capture: PacketSocket | undefined;
  const story = () => `${argv.join(" ")} hears\n${process.stderr}`;
  await waitFor(() => (capture = find(process)) !== undefined, 20_000, story);
  return {
    pid: process.pid,
    process,
    capture: capture!,
    async [Symbol.asyncDispose]() {
      capture![Symbol.dispose]();
      await process.stop("SIGTERM", 5000);
    },
  };
}

function find(process: Process): PacketSocket | undefined {
  if (!process.running) throw new Error(`a daemon ended: ${process.stderr}`);
  return PacketSocket.of(process.pid);
}
