/** Where in a TOML text a table, a key or a value stands. */

import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Position } from "../draft.ts";
import { locate, type Place } from "../place.ts";
import type { Finding, Path } from "../problems.ts";
import { tablesOf } from "./tables.ts";

/** Keys on the way to a value that matter: a config has five. */
const MAX_DEPTH = 8;

interface Entry {
  readonly key: AST.TOMLNode;
  readonly value?: AST.TOMLNode;
}

/**
 * Gives the function that looks up these findings in a TOML text. The parser that knows
 * places gives up on texts that the other one reads, such as a value of a megabyte; then
 * there is no place but the file.
 */
export function tomlLocator(
  text: string,
  findings: readonly Finding[],
): (finding: Finding) => Position {
  const paths = findings.map(({ path }) => path);
  const positions = positionsIn(tablesOf(text, paths), paths) ?? positionsIn(text, []);
  return (finding) => locate(finding, (path) => positions?.placeOf(path));
}

/** The places in a text that parses and has all of these tables. */
function positionsIn(text: string, paths: readonly Path[]): TomlPositions | undefined {
  try {
    const positions = new TomlPositions(text);
    const knows = (path: Path) =>
      path.length === 0 || positions.placeOf(path.slice(0, 2)) !== undefined;
    return paths.every(knows) ? positions : undefined;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof ParseError)) throw error;
    return undefined;
  }
}

class TomlPositions {
  readonly #text: string;
  readonly #entries = new Map<string, Entry>();

  constructor(text: string) {
    this.#text = text;
    const [root] = parseTOML(text, { tomlVersion: "1.1" }).body;
    for (const node of root.body) {
      if (node.type === "TOMLKeyValue") this.#addKeyValue([], node);
      else {
        this.#addKey(node.resolvedKey, node.key.keys);
        for (const child of node.body) this.#addKeyValue(node.resolvedKey, child);
      }
    }
  }

  placeOf(path: Path): Place | undefined {
    const entry = this.#entries.get(JSON.stringify(path));
    if (entry === undefined) return undefined;
    const { key, value } = entry;
    return {
      ...start(key),
      ...(value && { within: (offset: number) => this.#within(value, offset) }),
    };
  }

  /** Inside a text without escapes, an offset is a number of columns. */
  #within(node: AST.TOMLNode, offset: number): Position {
    const { line, column } = start(node);
    if (node.type !== "TOMLValue" || node.kind !== "string" || offset === 0) {
      return { line, column };
    }
    const raw = this.#text.slice(...node.range);
    const plain = raw === `"${node.value}"` || raw === `'${node.value}'`;
    return { line, column: plain ? column + 1 + offset : column };
  }

  /** The tables that a dotted key names on its way have their place there as well. */
  #addKey(path: Path, keys: readonly AST.TOMLNode[]): void {
    const names = path.filter((part) => typeof part === "string").slice(0, MAX_DEPTH);
    for (const [index, key] of keys.entries()) {
      const depth = path.length - keys.length + index + 1;
      if (depth > MAX_DEPTH) return;
      const own = JSON.stringify(names.slice(0, depth));
      if (!this.#entries.has(own)) this.#entries.set(own, { key });
    }
  }

  #addKeyValue(parent: Path, node: AST.TOMLKeyValue): void {
    const keys = node.key.keys;
    const names = keys.map((key) => key.type === "TOMLBare" ? key.name : key.value);
    const path = [...parent, ...names];
    this.#addKey(path, keys);
    const key = keys.at(-1) ?? node.key;
    this.#entries.set(JSON.stringify(path), { key, value: node.value });
    this.#addValue(path, node.value);
  }

  #addValue(path: Path, node: AST.TOMLContentNode): void {
    if (node.type === "TOMLInlineTable") {
      for (const child of node.body) this.#addKeyValue(path, child);
    }
    if (node.type !== "TOMLArray") return;
    for (const [index, element] of node.elements.entries()) {
      const own = [...path, index];
      this.#entries.set(JSON.stringify(own), { key: element, value: element });
      this.#addValue(own, element);
    }
  }
}

function start(node: AST.TOMLNode): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
