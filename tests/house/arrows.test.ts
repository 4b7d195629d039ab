import assert from "node:assert/strict";
import { type Module, readProgram } from "./modules.ts";

/** Which part may import which; a part may always import itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["lib/cli"],
  "lib/cli": [
    "lib/server",
    "lib/doctor",
    "lib/client",
    "lib/page",
    "lib/setup",
    "lib/config",
    "lib/files",
    "lib/core",
    "lib/version.ts",
  ],
  "lib/server": ["lib/config", "lib/files", "lib/core", "ffi", "lib/version.ts"],
  "lib/doctor": [
    "lib/server",
    "lib/client",
    "lib/config",
    "lib/files",
    "lib/core",
    "lib/version.ts",
    "ffi",
  ],
  "lib/client": ["lib/config", "lib/files", "lib/core", "lib/version.ts"],
  "lib/page": [],
  "lib/library": ["lib/core"],
  "lib/setup": ["lib/config", "lib/files", "lib/core", "lib/version.ts"],
  "lib/config": ["lib/files", "lib/core", "lib/version.ts"],
  "lib/files": ["lib/core"],
  "lib/core": [],
  "lib/version.ts": ["deno.json"],
  "ffi": [],
};

/** The floors of lib/server, the highest first; rooms of one floor don't know each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["serve.ts"],
  ["control_handler.ts", "control_socket.ts"],
  ["metrics_server.ts", "twin.ts"],
  ["daemon.ts"],
  ["hearing.ts", "shared_doors.ts", "rehearsal"],
  ["daemon_options.ts", "kernel_leases.ts", "fleet_hand.ts", "metrics", "host.ts"],
  ["status.ts", "trial.ts", "world.ts", "read_config.ts", "reload.ts"],
  ["leases", "history", "replay", "fleet"],
  ["knocks", "commands", "firewall"],
  ["log", "capture"],
  ["process", "faults.ts"],
  ["journal", "control", "system.ts"],
];

const program = await readProgram();

/** The part of the house that a file belongs to: main.ts, ffi, lib/core and so on. */
function part(path: string): string {
  const [first = "", second] = path.split("/");
  return first === "lib" ? `${first}/${second}` : first;
}

/** The room of lib/server that a file belongs to. */
function room(path: string): string | undefined {
  const [lib, server, name] = path.split("/");
  return lib === "lib" && server === "server" ? name : undefined;
}

function floor(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

Deno.test("imports go down only", () => {
  const wrong: string[] = [];
  let arrows = 0;
  for (const { path, imports } of program) {
    for (const { target } of imports) {
      arrows += 1;
      const [from, to] = [part(path), part(target)];
      if (from !== to && !ARROWS[from]?.includes(to)) {
        wrong.push(`${path} imports ${target}`);
      }
    }
  }
  assert.ok(arrows > 0);
  assert.deepEqual(wrong, []);
});

Deno.test("inside of the server imports go down only", () => {
  const wrong: string[] = [];
  for (const { path, imports } of program) {
    const from = room(path);
    if (from === undefined) continue;
    if (floor(from) < 0) wrong.push(`${path} is on no floor`);
    for (const { target } of imports) {
      const to = room(target);
      if (to === undefined || to === from) continue;
      if (floor(from) >= floor(to)) wrong.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no file imports itself, however many others lie between", () => {
  assert.deepEqual(circleIn(program), undefined);
});

Deno.test("a circle of imports is found", () => {
  const module = (path: string, target: string): Module => {
    return {
      path,
      text: "",
      packages: [],
      exports: [],
      imports: [{ target, names: [] }],
    };
  };
  const circle = [module("a", "b"), module("b", "c"), module("c", "b")];
  assert.deepEqual(circleIn(circle), ["b", "c", "b"]);
});

/** The first circle that there is, from a file back to itself. */
function circleIn(modules: readonly Module[]): string[] | undefined {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const circle = walk(target, [...way, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of modules) {
    const circle = walk(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
