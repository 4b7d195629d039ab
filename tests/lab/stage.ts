/** A small self-extracting file on a stage of its own, with a script in Deno's place. */

import assert from "node:assert/strict";
import { selfExtracting } from "../../tools/build/self_extracting.ts";
import { type Result, run } from "./process.ts";

/** Runs what follows as an ordinary user. */
export const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** In Deno's place: prints what it was started with. */
export const RUNTIME = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "umask $(umask)"
echo "PATH $PATH"
for argument in "$0" "$@"; do echo "argument $argument"; done
env | grep -E '^(DENO|NODE_[OC]|OTEL|KNOCKD|HOME=)' | sort
`;

/** A directory of its own with a small self-extracting file in it. */
export class Stage implements AsyncDisposable {
  readonly directory: string;
  readonly file: string;
  readonly cache: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.file = `${directory}/knockd`;
    this.cache = `${directory}/cache`;
  }

  /** A new stage, nothing unpacked yet. */
  static async create(runtime = RUNTIME): Promise<Stage> {
    const stage = new Stage(await Deno.makeTempDir({ prefix: "knockd-header-" }));
    await Deno.chmod(stage.directory, 0o755);
    const bytes = await selfExtracting({
      runtime: new TextEncoder().encode(runtime),
      runtimeVersion: "9.9.9",
      target: "any machine with linux",
      program: [
        { name: "main.js", bytes: new TextEncoder().encode("the program") },
        { name: "chunk-A.js", bytes: new TextEncoder().encode("a part of it") },
      ],
      programVersion: "1.2.3",
      flags: ["--allow-this", "--no-that"],
    });
    await Deno.writeFile(stage.file, bytes, { mode: 0o755 });
    return stage;
  }

  /** Starts the file as root, with the stage's cache. */
  start(
    argv: readonly string[] = [this.file],
    env: Record<string, string | undefined> = {},
  ): Promise<Result> {
    const all = { CACHE_DIRECTORY: this.cache, ...env };
    return run(argv, { env: all, cwd: this.directory, check: false });
  }

  /** Starts it and expects a refusal: an error line, a hint, exit code 1, no more. */
  async refuses(message: RegExp, env: Record<string, string | undefined> = {}) {
    const { code, stdout, stderr } = await this.start([this.file], env);
    assert.match(stderr, message);
    assert.match(stderr, /^knockd: error: .+\nknockd: hint: .+\n$/);
    assert.deepEqual([code, stdout], [1, ""]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** The names in a directory, their hashes hidden. */
export async function names(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.map((entry) => entry.name.replace(/[0-9a-f]{16}/, "HASH")).sort();
}

/** Where the runtime and the program's first file are. */
export async function unpacked(
  stage: Stage,
): Promise<{ runtime: string; program: string }> {
  const entries = await Array.fromAsync(Deno.readDir(stage.cache));
  const runtime = entries.find((entry) => entry.name.startsWith("deno-"))!.name;
  const program = entries.find((entry) => entry.name.startsWith("knockd-"))!.name;
  return {
    runtime: `${stage.cache}/${runtime}/knockd`,
    program: `${stage.cache}/${program}/main.js`,
  };
}
