/**
 * Node's modules, left out of what a start reads.
 *
 * To load `node:process` takes Deno nearly as long as an empty program takes from its start to
 * its end. What the packages import of Node serves what this program does not do: programs
 * behind subcommands, and reading `process.argv`. Where they do need it, this is enough.
 */

/** What stands for a module's names, by the module. */
const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "node:child_process": { default: "{}" },
  "node:fs": { default: "{}" },
  "node:path": { default: "{}" },
  "node:process": { default: "{ argv: [], env: {}, stdout: {}, stderr: {} }" },
  "node:util": {
    // As @logtape/logtape has it for Deno; the bundler takes its form for Node.
    default: "{ inspect: Deno.inspect }",
    // No help text of ours has colours.
    stripVTControlCharacters: "(text) => text",
  },
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
};

const IMPORT =
  /^import (?:(?<whole>\w+)|\{ (?<part>\w+)(?: as (?<local>\w+))? \}) from "(?<module>node:\w+)";$/gm;

/** The same JavaScript with the imports that have something instead replaced by it. */
export function withoutNode(text: string): string {
  return text.replaceAll(IMPORT, (line, ...rest) => {
    const { whole, part, local, module } = rest.at(-1) as Record<string, string>;
    const instead = INSTEAD[module!]?.[part ?? "default"];
    return instead === undefined ? line : `const ${whole ?? local ?? part} = ${instead};`;
  });
}
