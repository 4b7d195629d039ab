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
    return withoutProxies(() => Deno.createHttpClient({ ...options, ...own }));
  } catch (error) {
    throw unusable(error);
  }
}

/** etcd is asked itself: a proxy that the environment names is for the web. */
function withoutProxies<T>(make: () => T): T {
  const proxies = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^(https?|all)_proxy$/i.test(name));
  for (const [name] of proxies) Deno.env.delete(name);
  try {
    return make();
  } finally {
    for (const [name, value] of proxies) Deno.env.set(name, value);
  }
}
