/**
 * Node's modules, left out of what a start reads.
 *
 * To load `node:process` takes Deno nearly as long as an empty program takes from its start to
 * its end. What these packages import of Node serves what this program does not do: programs
 * behind subcommands, and reading `process.argv`. Where they do need it, this is enough.
 */

/** What stands for a module's names. */
type Instead = Readonly<Record<string, Readonly<Record<string, string>>>>;

const PACKAGES: Readonly<Record<string, Instead>> = {
  "commander": {
    "node:child_process": { default: "{}" },
    "node:fs": { default: "{}" },
    "node:path": { default: "{}" },
    "node:process": { default: "{ argv: [], env: {}, stdout: {}, stderr: {} }" },
    // No help text of ours has colours.
    "node:util": { stripVTControlCharacters: "(text) => text" },
    "node:events": {
      EventEmitter: `class {
  #listeners = new Map();
  on(event, listener) {
    this.#listeners.set(event, [...this.#listeners.get(event) ?? [], listener]);
    return this;
  }
  emit(event, ...values) {
    for (const listener of this.#listeners.get(event) ?? []) listener.apply(this, values);
    return this.listenerCount(event) > 0;
  }
  listenerCount(event) {
    return this.#listeners.get(event)?.length ?? 0;
  }
}`,
    },
  },
  // As it has it for Deno; the bundler takes its form for Node.
  "@logtape/logtape": { "node:util": { default: "{ inspect: Deno.inspect }" } },
};

/** Where the bundler begins a file. */
const FILE = /^(?=\/\/ \S+\n)/m;

const OF_PACKAGE = /^\/\/ npm\/((?:@[^/]+\/)?[^/]+)\//;

const IMPORT =
  /^import (?:(?<whole>\w+)|\{ (?<part>\w+)(?: as (?<local>\w+))? \}) from "(?<module>node:\w+)";$/gm;

/** The same JavaScript with the imports that have something instead replaced by it. */
export function withoutNode(text: string): string {
  return text.split(FILE).map((file) => {
    const [, name = ""] = OF_PACKAGE.exec(file) ?? [];
    const instead = PACKAGES[name];
    return instead === undefined ? file : replaced(file, instead);
  }).join("");
}

function replaced(file: string, instead: Instead): string {
  return file.replaceAll(IMPORT, (line, ...rest) => {
    const { whole, part, local, module } = rest.at(-1) as Record<string, string>;
    const value = instead[module!]?.[part ?? "default"];
    return value === undefined ? line : `const ${whole ?? local ?? part} = ${value};`;
  });
}
