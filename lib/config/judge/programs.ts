/** The programs that doors run, as they are on this machine. */

import { allCommands, type Command, type Door } from "../../core/door.ts";
import { type Advice, type Adviser, type Remark, remarksOn, unsafe } from "./advice.ts";
import { baseName, programsOf, type Words } from "./shell_words.ts";

/** What is there at a path; `undefined` for nothing. */
export type LookAt = (
  path: string,
) => { readonly uid: number | null; readonly mode: number | null } | undefined;

/** Where a program without a directory is looked for, by systemd and by a shell. */
const DIRECTORIES = [
  ...["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
];

/** Programs that are not there, or that others than root could have written. */
export function programAdvice(doors: readonly Door[], lookAt: LookAt): Advice[] {
  const ofCommands: Adviser = (door) =>
    allCommands(door).map((command) => judge(command, lookAt));
  return remarksOn(doors, [ofCommands]);
}

/** What a shell knows without a program of that name, and what nobody can look up. */
const BUILTIN =
  /^(\.|:|\[|alias|cd|case|echo|eval|exit|export|false|for|kill|let|local|printf|read|return|set|shift|source|test|trap|true|type|ulimit|umask|unset|wait)$|[^\w./+-]/;
const INTERPRETER = /^((ba|da|k|z)?sh|python[\d.]*|perl|php|ruby|node|deno|lua)$/;

function judge(command: Command, lookAt: LookAt): Remark | undefined {
  const [first] = programsOf(command);
  if (first === undefined) return undefined;
  const [name = ""] = first;
  const program = pathOf(name, lookAt);
  if (program === undefined) {
    return typeof command === "string" && BUILTIN.test(name) ? undefined : missing(name);
  }
  return judgeFile(program, lookAt) ?? judgeScript(first, lookAt);
}

/** The program's path; `undefined` if it is in none of the directories. */
function pathOf(name: string, lookAt: LookAt): string | undefined {
  if (name.includes("/")) return name;
  return DIRECTORIES.map((directory) => `${directory}/${name}`).find(lookAt);
}

/** What an interpreter is given. Behind an option a word without a slash may be anything. */
function judgeScript([program, ...rest]: Words, lookAt: LookAt): Remark | undefined {
  if (!INTERPRETER.test(baseName(program))) return undefined;
  const at = rest.findIndex((word) => !word.startsWith("-"));
  const script = rest[at];
  if (script === undefined || (at > 0 && !script.includes("/"))) return undefined;
  return judgeFile(pathOf(script, lookAt) ?? script, lookAt);
}

const OTHERS_WRITE = 0o022;
const WHOLE_PATH = "commands run in /: write the whole path";

function judgeFile(written: string, lookAt: LookAt): Remark | undefined {
  if (!/^[\w./+-]+$/.test(written)) return undefined;
  const path = written.startsWith("/") ? written : `/${written}`;
  const found = lookAt(path);
  if (found === undefined) {
    return path === written ? missing(path) : missing(written, WHOLE_PATH);
  }
  const { uid, mode } = found;
  if (uid === 0 && ((mode ?? 0) & OTHERS_WRITE) === 0) return undefined;
  return unsafe(
    "anybodys-program",
    `${path} runs as root, and others than root can write it`,
    `chown root:root ${path}; chmod go-w ${path}`,
  );
}

function missing(program: string, hint = "install it, or mend the path"): Remark {
  return unsafe("no-such-program", `${program} is not there`, hint);
}
