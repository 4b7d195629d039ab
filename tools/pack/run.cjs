#!/usr/bin/env node
// knockd, by the Deno that npm has installed beside it.
"use strict";
const { spawn } = require("node:child_process");
const os = require("node:os");
const path = require("node:path");
const flags = "@FLAGS@".split(" ");

function fail(message, hint) {
  console.error(`knockd: error: ${message}\nknockd: hint: ${hint}`);
  process.exit(1);
}

function runtime() {
  try {
    return require("deno/install_api.cjs").runInstall();
  } catch (error) {
    const [reason] = String(error.message).split("\n");
    return fail(
      `there is no Deno here: ${reason}`,
      "npm install, with optional packages",
    );
  }
}

// DENO_* would change how the program runs, and what it may do.
const own = Object.entries(process.env).filter(([name]) => !name.startsWith("DENO_"));
const env = { ...Object.fromEntries(own), DENO_NO_UPDATE_CHECK: "1" };
// Deno reads an .npmrc at home, and ends at one that it does not understand.
const { HOME = "", XDG_CACHE_HOME = "" } = process.env;
const caches = path.isAbsolute(XDG_CACHE_HOME)
  ? XDG_CACHE_HOME
  : path.join(os.homedir(), ".cache");
env.DENO_DIR = path.join(caches, "deno");
env.KNOCKD_HOME = HOME;
env.HOME = __dirname;
const main = path.join(__dirname, "program", "main.js");
const child = spawn(runtime(), ["run", ...flags, main, ...process.argv.slice(2)], {
  stdio: "inherit",
  env,
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on(
  "error",
  (error) => fail(`cannot run Deno: ${error.message}`, "npm install again"),
);
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
