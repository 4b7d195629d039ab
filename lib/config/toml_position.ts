/**
 * Where in a TOML text a table, a key or a value stands.
 *
 * @module
 */
import { type AST, parseTOML } from "toml-eslint-parser";
import type { Position } from "./draft.ts";
import type { Finding, Path } from "./problems.ts";

interface Entry {
  readonly key: AST.TOMLNode;
  readonly value?: AST.TOMLNode;
}

/** Looks up the places of findings in one TOML text. */
export class TomlPositions {
  readonly #text: string;
  readonly #entries = new Map<string, Entry>();

  /** Reads `text`, which has to be valid TOML. */
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

  /** The place of a finding, or of the nearest table around it that is written out. */
  locate(finding: Pick<Finding, "path" | "atKey" | "offset">): Position {
    for (let length = finding.path.length; length > 0; length--) {
      const entry = this.#entries.get(JSON.stringify(finding.path.slice(0, length)));
      if (entry === undefined) continue;
      const exact = length === finding.path.length;
      if (entry.value === undefined || (exact && finding.atKey)) return start(entry.key);
      return this.#within(entry.value, exact ? finding.offset ?? 0 : 0);
    }
    return { line: 0, column: 0 };
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
    const names = path.filter((part) => typeof part === "string");
    for (const [fromEnd, key] of keys.toReversed().entries()) {
      const own = JSON.stringify(names.slice(0, names.length - fromEnd));
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
