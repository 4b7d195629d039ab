/** Runs one command of ours in this process and collects what it says. */
import type { Command } from "@commander-js/extra-typings";
import { reportFailure } from "../../lib/cli/exit_code.ts";

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Collects standard output and standard error of what runs meanwhile. */
export async function outcomeOf(run: () => Promise<number>): Promise<Outcome> {
  const streams = [Deno.stdout, Deno.stderr];
  const originals = streams.map((stream) => stream.writeSync);
  const texts = streams.map(() => "");
  for (const [index, stream] of streams.entries()) {
    stream.writeSync = (bytes) => {
      texts[index] += new TextDecoder().decode(bytes);
      return bytes.length;
    };
  }
  try {
    const code = await run();
    const [stdout = "", stderr = ""] = texts;
    return { code, stdout, stderr };
  } finally {
    for (const [index, stream] of streams.entries()) {
      stream.writeSync = originals[index]!;
    }
  }
}

/** Runs a subcommand with its arguments. */
export function runSubcommand(command: Command, args: string[]): Promise<Outcome> {
  return outcomeOf(async () => {
    try {
      await command.parseAsync(args, { from: "user" });
      return 0;
    } catch (error) {
      return reportFailure(error);
    }
  });
}
