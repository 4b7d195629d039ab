/**
 * nf_tables in memory: it knows the commands that are ours, keeps transactions whole, and
 * has a clock that a test moves.
 */
import { parseAddress } from "../../../lib/core/address.ts";
import type { ElementStep } from "../../../lib/core/firewall/element_steps.ts";
import { stepsText } from "../../../lib/core/firewall/element_text.ts";
import { type ChainName, CHAINS, PRIORITY } from "../../../lib/core/firewall/rules.ts";
import { NftError } from "../../../ffi/nftables/nftables.ts";
import type { ChangeFeed } from "../../../lib/server/firewall/change_feed.ts";
import type { Nft } from "../../../lib/server/firewall/nf_tables.ts";

interface FakeSet {
  readonly comment: string;
  /** Until when, by the address; Infinity without a timeout. */
  readonly elements: Map<string, number>;
}

interface FakeChain {
  hook: number;
  priority: number;
  policy: number;
  rules: string[];
}

interface FakeTable {
  flags: number;
  owner: number;
  readonly chains: Map<string, FakeChain>;
  readonly sets: Map<string, FakeSet>;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, d: 86_400_000 };

/** A ruleset that several daemons and other programs can share. */
export class FakeNft implements Nft {
  ruleset = new Map<string, FakeTable>();
  readonly #clock: (() => number) | undefined;
  #now = 0;

  /** A ruleset with a clock of its own, or with somebody's. */
  constructor(clock?: () => number) {
    this.#clock = clock;
  }

  /** Milliseconds. */
  get now(): number {
    return this.#clock?.() ?? this.#now;
  }

  set now(ms: number) {
    this.#now = ms;
  }

  /** Texts that were run, by whomever. */
  readonly texts: string[] = [];
  /** What the next transaction fails with. */
  failure: NftError | undefined;

  run(text: string): void {
    this.texts.push(text);
    const before = structuredClone(this.ruleset);
    try {
      for (const line of text.split("\n")) if (line !== "") this.#command(line);
      if (this.failure !== undefined) throw this.failure;
    } catch (error) {
      this.ruleset = before;
      this.failure = undefined;
      throw error;
    }
  }

  readonly elementPort = 43;
  readonly #claimed = new Set<string>();

  claim(table: string): boolean {
    return !this.#claimed.has(table) && this.#claimed.add(table).has(table);
  }

  change(steps: readonly ElementStep[]): void {
    this.run(stepsText(steps));
  }

  list(table: string): string {
    const { chains = new Map(), sets = new Map() } = this.ruleset.get(table) ?? {};
    const commands = [
      `add table inet ${table}`,
      ...[...sets].map(([name, { comment }]) =>
        `add set inet ${table} ${name} { comment "${comment}"; }`
      ),
      ...[...sets].flatMap(([name, { elements }]) =>
        [...elements].map(([key, until]) =>
          `add element inet ${table} ${name} { ${key} timeout ${until - this.now}ms }`
        )
      ),
      ...[...chains].flatMap(([name, { rules }]) => [
        `add chain inet ${table} ${name}`,
        ...rules.map((rule: string) => `add rule inet ${table} ${name} ${rule}`),
      ]),
    ];
    return commands.map((command) => `${command}\n`).join("");
  }

  tables() {
    return [...this.ruleset].map(([name, { flags, owner, chains, sets }]) => {
      return { name, flags, owner, use: chains.size + sets.size };
    });
  }

  chains(table: string) {
    const chains = this.ruleset.get(table)?.chains ?? [];
    return [...chains].map(([name, { hook, priority, policy }]) => {
      return { name, hook, priority, policy };
    });
  }

  rules(table: string, chain: string) {
    return [...this.ruleset.get(table)?.chains.get(chain)?.rules ?? []];
  }

  sets(table: string) {
    const sets = this.ruleset.get(table)?.sets ?? [];
    return [...sets].map(([name, { comment }]) => ({ name, comment }));
  }

  elements(table: string, name: string) {
    const elements = this.ruleset.get(table)?.sets.get(name)?.elements ?? [];
    return [...elements].filter(([, until]) => until > this.now).map(([text, until]) => {
      const { bytes, family } = parseAddress(text)!;
      return { key: family === 4 ? bytes.slice(12) : bytes, left: until - this.now };
    });
  }

  /** What belongs to the socket goes with it. */
  [Symbol.dispose](): void {
    this.#claimed.clear();
    for (const [name, { owner }] of this.ruleset) {
      if (owner !== 0) this.ruleset.delete(name);
    }
  }

  /** Who is in the sets of a table, as `d0_4 10.0.0.1 30s`; live sessions left out. */
  open(table = "knockd"): string[] {
    const sets = [...this.ruleset.get(table)?.sets ?? []];
    return sets.filter(([name]) => !name.startsWith("live")).flatMap((
      [name, { elements }],
    ) =>
      [...elements].filter(([, until]) => until > this.now)
        .map(([text, until]) => `${name} ${text} ${(until - this.now) / 1000}s`)
    );
  }

  #command(line: string): void {
    const [verb, kind, , table = "", ...rest] = line.split(" ");
    const tail = rest.join(" ");
    if (verb === "add" && kind === "table") return this.#addTable(table, tail);
    const found = this.ruleset.get(table);
    if (found === undefined) throw new NftError("other", `No such file: ${line}`);
    if (verb === "delete" && kind === "table") this.ruleset.delete(table);
    else if (kind === "set") this.#set(found, verb!, rest);
    else if (kind === "chain") this.#chain(found, verb!, rest[0]!);
    else if (kind === "rule") {
      found.chains.get(rest[0]!)!.rules.push(rest.slice(1).join(" "));
    } else if (kind === "element") this.#element(found, verb!, rest[0]!, tail);
    else throw new NftError("other", `syntax error: ${line}`);
  }

  #addTable(name: string, tail: string): void {
    if (this.ruleset.has(name)) return;
    const flags = tail.includes("owner") ? 2 : 0;
    const empty = {
      flags,
      owner: flags === 0 ? 0 : 42,
      chains: new Map(),
      sets: new Map(),
    };
    this.ruleset.set(name, empty);
  }

  #set({ sets }: FakeTable, verb: string, [name = "", ...rest]: string[]): void {
    const [, comment = ""] = /comment "(.*)"/.exec(rest.join(" ")) ?? [];
    if (verb === "delete") sets.delete(name);
    else if (verb === "flush") sets.get(name)!.elements.clear();
    else if (!sets.has(name)) sets.set(name, { comment, elements: new Map() });
  }

  #chain({ chains }: FakeTable, verb: string, name: string): void {
    if (verb === "flush") chains.get(name)!.rules.length = 0;
    else if (!chains.has(name)) {
      const hook = CHAINS[name as ChainName]?.number ?? -1;
      chains.set(name, { hook, priority: PRIORITY, policy: 1, rules: [] });
    }
  }

  #element({ sets }: FakeTable, verb: string, name: string, tail: string): void {
    const [, list = ""] = /\{ (.*) \}$/.exec(tail) ?? [];
    for (const one of list.split(", ")) this.#oneElement(sets, verb, name, one);
  }

  #oneElement(sets: FakeTable["sets"], verb: string, name: string, text: string): void {
    const [, key = "", , number, unit] = /^(.*?)( timeout (\d+)(ms|s|d))?$/.exec(text) ??
      [];
    const set = sets.get(name);
    if (set === undefined) throw new NftError("other", `No such set: ${name}`);
    const there = (set.elements.get(key) ?? 0) > this.now;
    if (verb === "delete" && !there) {
      throw new NftError("other", `No such element: ${key}`);
    }
    if (verb === "delete") set.elements.delete(key);
    else if (!there) {
      const ms = number === undefined ? Infinity : Number(number) * UNITS[unit!]!;
      set.elements.set(key, this.now + ms);
    }
  }
}

/** Word of changes that a test gives. */
export class MemoryFeed implements ChangeFeed {
  #next = Promise.withResolvers<ReadonlySet<number> | undefined>();
  closed = false;

  next(): Promise<ReadonlySet<number> | undefined> {
    return this.closed ? Promise.resolve(undefined) : this.#next.promise;
  }

  /** The owner of a port id has changed something. */
  changed(author = 7): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve(new Set([author]));
  }

  /** Word of changes was lost. */
  lost(error: Error): void {
    const { reject } = this.#next;
    this.#next = Promise.withResolvers();
    reject(error);
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.#next.resolve(undefined);
  }
}
