/** Where the entries of a fleet are in its engine. */

import { LABEL } from "../../core/one_time/derive.ts";
import { parseAddress } from "../../core/address.ts";
import { orUndefined } from "../../core/or_undefined.ts";

/** Which door is open for whom. */
export interface LeasePlace {
  readonly group: string;
  readonly label: string;
  /** Canonical text of the address. */
  readonly ip: string;
}

/** What an entry is about, by its key. */
export type EntryPlace =
  | { readonly kind: "spent" | "revoked"; readonly series: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "lease"; readonly place: LeasePlace };

const SERIES = /^[0-9a-f]{32}$/;

/** Keys from the first one up to one that is not of them. */
export interface KeyRange {
  readonly first: string;
  readonly end: string;
}

export class EntryKeys {
  readonly prefix: string;

  /** Those of the fleet of that name. */
  constructor(fleet: string) {
    this.prefix = `knockd/v1/${fleet}/`;
  }

  /** All but the nodes' own, which say every few seconds what concerns no other. */
  get watched(): readonly KeyRange[] {
    return [["lease/", "lease0"], ["revoked/", "spent0"]].map(([first, end]) => {
      return { first: this.prefix + first, end: this.prefix + end };
    });
  }

  spent(series: string): string {
    return `${this.prefix}spent/${series}`;
  }

  revoked(series: string): string {
    return `${this.prefix}revoked/${series}`;
  }

  node(name: string): string {
    return `${this.prefix}node/${name}`;
  }

  lease({ group, label, ip }: LeasePlace): string {
    return `${this.prefix}lease/${group}/${encodeURIComponent(label)}/${ip}`;
  }

  /** What a key is about; nothing if no node of this program would write there. */
  parse(key: string): EntryPlace | undefined {
    if (!key.startsWith(this.prefix)) return undefined;
    const [kind, first = "", ...rest] = key.slice(this.prefix.length).split("/");
    if (kind === "lease") return this.#lease(key, first, rest);
    if (rest.length > 0) return undefined;
    if (kind === "node" && LABEL.test(first)) return { kind, name: first };
    const isSeries = (kind === "spent" || kind === "revoked") && SERIES.test(first);
    return isSeries ? { kind, series: first } : undefined;
  }

  #lease(key: string, group: string, rest: string[]): EntryPlace | undefined {
    const [escaped = "", text = ""] = rest;
    const ip = parseAddress(text)?.text;
    const label = orUndefined(() => decodeURIComponent(escaped));
    if (rest.length !== 2 || ip !== text || label === undefined) return undefined;
    const place = { group, label, ip };
    return LABEL.test(group) && this.lease(place) === key
      ? { kind: "lease", place }
      : undefined;
  }
}

/** The key behind all that begin with a prefix, which is ASCII. */
export function afterPrefix(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
