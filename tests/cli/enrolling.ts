/** A machine's config for tests of enrolment, in a directory that is gone afterwards. */
import { enrollCommand } from "../../lib/cli/enroll.ts";
import { revokeCommand } from "../../lib/cli/revoke.ts";
import { type Outcome, runSubcommand } from "./program.ts";

/** A config as an admin has it, comments and odd layout included. */
export const CONFIG = `# gate
[options]
  state_dir = "state"   # the journal

[doors.ssh]
start_command = ["true"]  # nothing yet
[doors.ssh.otp]
length = 6

# do not touch
[doors."old gate"]
sequence = [ 7000,
             8000 ]
command = "true"
`;

/** A directory with a config in it. */
export interface Gate {
  readonly dir: string;
  /** Path of the config. */
  readonly config: string;
  /** Runs `knockd enroll` on it, for a host unless `args` say otherwise. */
  enroll(...args: string[]): Promise<Outcome>;
  /** Runs `knockd revoke` on it. */
  revoke(...args: string[]): Promise<Outcome>;
  /** The config's text. */
  text(): string;
  /** Names of the secrets' files, sorted; none without the directory. */
  secrets(): string[];
}

/** A test with a config of its own. */
export function withGate(test: (gate: Gate) => Promise<void>, text = CONFIG) {
  return async () => {
    const dir = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "knockd-gate-" }));
    const config = `${dir}/knock.toml`;
    Deno.writeTextFileSync(config, text, { mode: 0o640 });
    Deno.chmodSync(config, 0o640);
    // Where the config says nothing, the journal is not to be left in the machine's place.
    Deno.env.set("STATE_DIRECTORY", `${dir}/state`);
    try {
      await test({
        dir,
        config,
        enroll: (...args) => {
          const host = args.includes("--host") ? [] : ["--host", "gate.example.org"];
          return runSubcommand(enrollCommand(), ["-c", config, ...host, ...args]);
        },
        revoke: (...args) => runSubcommand(revokeCommand(), ["-c", config, ...args]),
        text: () => Deno.readTextFileSync(config),
        secrets: () => filesIn(`${dir}/secrets`),
      });
    } finally {
      Deno.env.delete("STATE_DIRECTORY");
      Deno.removeSync(dir, { recursive: true });
    }
  };
}

function filesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
