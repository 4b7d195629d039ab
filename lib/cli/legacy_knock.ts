/** The command line of knock 0.8, for whoever calls this program `knock`. */

import { parseArgs } from "node:util";
import { Failure } from "../core/failure.ts";
import { escapeControls } from "../core/printable.ts";
import { resolveHost } from "../client/resolve.ts";
import { sendSequence } from "../client/send.ts";
import { realClientSystem } from "../client/client_system.ts";
import { VERSION } from "../version.ts";
import { parseDelay } from "./arguments.ts";
import { refuseCopiedDash } from "./copied_dash.ts";
import { CLASSIC_DELAY, describeHit, parsePlainKnocks } from "./actions/knock/knocks.ts";
import { spelledOut } from "./spelled_out.ts";
import { print, printError } from "./terminal.ts";

const USAGE = `\
usage: knock [options] <host> <port[:proto]> [port[:proto]] ...
options:
  -u, --udp            make all ports hits use UDP (default is TCP)
  -d, --delay <t>      wait <t> milliseconds between port hits
  -4, --ipv4           Force usage of IPv4
  -6, --ipv6           Force usage of IPv6
  -v, --verbose        be verbose
  -V, --version        display version
  -h, --help           this help

example:  knock myserver.example.com 123:tcp 456:udp 789:tcp
`;

const OPTIONS = {
  udp: { type: "boolean", short: "u" },
  delay: { type: "string", short: "d" },
  ipv4: { type: "boolean", short: "4" },
  ipv6: { type: "boolean", short: "6" },
  verbose: { type: "boolean", short: "v" },
  version: { type: "boolean", short: "V" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs `knock` and gives its exit code: 0, or 1 for whatever goes wrong. */
export async function legacyKnock(args: readonly string[]): Promise<number> {
  try {
    refuseCopiedDash(args);
    const { values, positionals, family } = parse(args);
    if (values.version) {
      print(`knock ${VERSION}`);
      return 0;
    }
    const [host, ...ports] = positionals;
    if (values.help || host === undefined || ports.length === 0) {
      print(USAGE);
      return 1;
    }
    const delay = parseDelay(values.delay ?? `${CLASSIC_DELAY}`);
    const sequence = parsePlainKnocks(ports, values.udp ?? false);
    const system = realClientSystem();
    const target = await resolveHost(system, host, family);
    const onHit = (hit: typeof sequence[number]) => print(describeHit(target, hit));
    await sendSequence(system, target, sequence, {
      delay,
      ...(values.verbose ? { onHit } : {}),
    });
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const show = (line: string) => printError(`knock: ${escapeControls(line)}`);
    show(error.message);
    if (error.hint !== undefined) show(`hint: ${error.hint}`);
    return 1;
  }
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: withJoinedDelay(spelledOut(args, Object.keys(OPTIONS))),
      allowPositionals: true,
      tokens: true,
      options: OPTIONS,
    });
    // As with getopt(3) the last one counts.
    const family = tokens.flatMap((token) =>
      token.kind !== "option"
        ? []
        : token.name === "ipv4"
        ? [4 as const]
        : token.name === "ipv6"
        ? [6 as const]
        : []
    ).at(-1);
    return { values, positionals, family };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    // The first sentence says it; the rest explains parseArgs to programmers.
    const [problem = ""] = message.split(/[.\n]/);
    throw new Failure(problem, "knock -h shows the options", { cause: error });
  }
}

/** As with getopt(3) what follows -d is its value, though it begin with a dash. */
function withJoinedDelay(args: readonly string[]): string[] {
  const words = [...args];
  for (let index = 0; index + 1 < words.length && words[index] !== "--"; index++) {
    if (!words[index + 1]!.startsWith("-")) continue;
    const joint = words[index] === "--delay"
      ? "="
      : /^-[^-d]*d$/.test(words[index]!)
      ? ""
      : undefined;
    if (joint === undefined) continue;
    words.splice(index, 2, `${words[index]}${joint}${words[index + 1]}`);
  }
  return words;
}
