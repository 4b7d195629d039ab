/** The way to one of etcd's members. */

import type { FleetSettings } from "../../../config/fleet_settings.ts";
import { EngineError, unusable } from "./engine_error.ts";
import { type EngineNames, hasName } from "./engine_names.ts";
import { unlessAborted } from "./engine_signals.ts";

type Certificates = Pick<FleetSettings, "ca" | "identity">;
type Question<T> = (client: Deno.HttpClient) => Promise<T>;

/** Connections to a member, which begin with one. */
export class EngineWay implements Disposable {
  readonly #endpoint: string;
  readonly #settings: Certificates;
  readonly #names: EngineNames;
  #client: Deno.HttpClient | undefined;
  /** Whether there is a connection that all can share. */
  #isProven: boolean;
  #proof: Promise<void> | undefined;
  #isOver = false;

  constructor(endpoint: string, settings: Certificates, names: EngineNames) {
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#names = names;
    this.#isProven = !hasName(endpoint);
  }

  /** Asks, when it is this question's turn. */
  async ask<T>(question: Question<T>, signal: AbortSignal): Promise<T> {
    if (!this.#isProven) await this.#names.known(this.#endpoint, signal);
    while (!this.#isProven && this.#proof) await unlessAborted(this.#proof, signal);
    return await (this.#isProven ? this.#put(question) : this.#prove(question));
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#client?.close();
  }

  async #put<T>(question: Question<T>): Promise<T> {
    if (this.#isOver) throw new EngineError(`${this.#endpoint}: given up`, true);
    return await question(this.#client ??= clientOf(this.#settings));
  }

  async #prove<T>(question: Question<T>): Promise<T> {
    const over = Promise.withResolvers<void>();
    this.#proof = over.promise;
    try {
      const answer = await this.#put(question);
      this.#isProven = true;
      return answer;
    } finally {
      this.#proof = undefined;
      over.resolve();
    }
  }
}

/** With the certificates of a config; the runtime is the one to say what it can use. */
function clientOf({ ca, identity }: Certificates): Deno.HttpClient {
  const options = { poolMaxIdlePerHost: 64, ...(ca && { caCerts: [ca] }) };
  const own = identity && {
    cert: identity.cert,
    key: new TextDecoder().decode(identity.key.reveal()),
  };
  try {
    return withSettings(
      { ...WITHOUT_PROXIES, DENO_TLS_CA_STORE: ca === undefined ? "system" : "" },
      () => Deno.createHttpClient({ ...options, ...own }),
    );
  } catch (error) {
    throw unusable(error);
  }
}

/** etcd is asked itself: a proxy that the environment names is for the web. */
const WITHOUT_PROXIES = Object.fromEntries(
  ["http", "https", "all"].flatMap((of) =>
    [`${of}_proxy`, `${of}_proxy`.toUpperCase()].map((name) => [name, undefined])
  ),
);

/**
 * What the runtime takes from the environment alone. Without a word of whom to trust it
 * trusts, besides a config's authorities, all those that browsers do; it hears it once, at
 * the first connection of the process.
 */
function withSettings<T>(
  settings: Readonly<Record<string, string | undefined>>,
  make: () => T,
): T {
  const before = Object.keys(settings).map((name) => [name, Deno.env.get(name)] as const);
  setAll(Object.entries(settings));
  try {
    return make();
  } finally {
    setAll(before);
  }
}

function setAll(all: Iterable<readonly [string, string | undefined]>): void {
  for (const [name, value] of all) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
}
