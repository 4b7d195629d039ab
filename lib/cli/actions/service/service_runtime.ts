/**
 * The program where a user other than root can run it: the self-extracting form unpacks
 * for its owner alone.
 */

import { Failure } from "../../../core/failure.ts";
import { orUndefined } from "../../../core/or_undefined.ts";
import { compiledProgram, executable } from "../../../server/process/this_program.ts";
import { explained } from "../../../files/reason.ts";
import type { Start } from "../../../setup/service/own_user.ts";

/**
 * Root's, and for all to read; from a release to the next only its links change. A package
 * may be installed beside it, and has /usr/lib/knockd.
 */
const RUNTIME_DIR = "/usr/lib/knockd-runtime";

/** How a unit starts this program, which is at `program`. */
export function startOf(program: string): Start {
  const environment = ["DENO_NO_UPDATE_CHECK=1"];
  if (compiledProgram() !== undefined) {
    return { command: program, environment, executables: [program] };
  }
  return {
    command: [
      `${RUNTIME_DIR}/knockd`,
      "run",
      ...flags(),
      `${RUNTIME_DIR}/program/main.js`,
    ].join(" "),
    environment: [
      ...environment,
      `DENO_DIR=${RUNTIME_DIR}/deno`,
      `CACHE_DIRECTORY=${RUNTIME_DIR}`,
      `KNOCKD_SELF=${program}`,
    ],
    executables: [],
    before: `${program} service runtime --install`,
  };
}

/** Unpacks it there, whole; what an earlier one left there stays, it may be running. */
export async function installRuntime(): Promise<void> {
  const program = executable();
  if (program === undefined || compiledProgram() !== undefined) return;
  if (Deno.uid() !== 0) {
    throw new Failure(`only root can write ${RUNTIME_DIR}`, "sudo, and the same again");
  }
  await unpack(program);
  const [runtime, main] = unpacked();
  explained(`${RUNTIME_DIR} can't be made ready for all users`, () => {
    for (const name of ["", "deno", runtime, main]) readable(`${RUNTIME_DIR}/${name}`);
    link("knockd", `${runtime}/knockd`);
    link("program", main);
  });
}

async function unpack(program: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(program, {
    args: ["--version"],
    env: { CACHE_DIRECTORY: RUNTIME_DIR },
    stdin: "null",
  }).output();
  if (code === 0) return;
  const [line = ""] = new TextDecoder().decode(stderr).split("\n");
  throw new Failure(
    `${program} can't be unpacked into ${RUNTIME_DIR}: ` +
      line.replace("knockd: error: ", ""),
    "that directory has to be root's alone, writable, and on a disk with room",
  );
}

/** The names of the two directories, the same wherever this program unpacks. */
function unpacked(): [runtime: string, program: string] {
  const last = (path: string) => path.split("/").at(-2)!;
  return [last(Deno.execPath()), last(new URL(Deno.mainModule).pathname)];
}

/** What stands between `run` and the program, on the command line of this process. */
function flags(): string[] {
  const words = Deno.readTextFileSync("/proc/self/cmdline").split("\0");
  const end = words.findIndex((word) => /\/main\.[jt]s$/.test(word));
  return words.slice(words.indexOf("run") + 1, end);
}

/** What is as it should be is left alone: the disk may be read-only by now. */
function readable(directory: string): void {
  setMode(directory, 0o755);
  if (directory === `${RUNTIME_DIR}/`) return;
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) readable(path);
    else if (isFile) setMode(path, name === "knockd" ? 0o755 : 0o644);
  }
}

function setMode(path: string, mode: number): void {
  if ((Deno.statSync(path).mode! & 0o777) !== mode) Deno.chmodSync(path, mode);
}

function link(name: string, target: string): void {
  if (orUndefined(() => Deno.readLinkSync(`${RUNTIME_DIR}/${name}`)) === target) return;
  const temporary = `${RUNTIME_DIR}/.${name}.${crypto.randomUUID()}`;
  Deno.symlinkSync(target, temporary);
  Deno.renameSync(temporary, `${RUNTIME_DIR}/${name}`);
}
