/** etcd, by its JSON gateway: one member at a time, the next one when it fails. */

import type { FleetSettings } from "../../../config/fleet_settings.ts";
import { orUndefined } from "../../../core/or_undefined.ts";
import { EngineError, NoAnswer, refusedBy, unreachable } from "./engine_error.ts";
import { EngineNames } from "./engine_names.ts";
import { eitherOf, unlessAborted } from "./engine_signals.ts";
import { EngineWay } from "./engine_way.ts";
import { type Body, boundedText } from "./json_lines.ts";
import { Throttle } from "../throttle.ts";

/** An answer of etcd's gateway. */
// deno-lint-ignore no-explicit-any
export type EngineAnswer = Record<string, any>;

/** What is needed to talk to it. */
export type EngineSettings = Pick<
  FleetSettings,
  "endpoints" | "ca" | "identity" | "login"
>;

/** An answer may take so long where nobody says how long they wait for it. */
export const ANSWER_MS = 3000;
/** Between two tries: at first, and at most. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;
/** A member is given so long at least before the next one is asked. */
const LEAST_TRY_MS = 300;
const LOGIN_MS = 3000;
/**
 * Questions at once. A member that is asked hundreds answers none in time, and is given up
 * with all that it was asked.
 */
const MOST_AT_ONCE = 32;
const TOO_MANY = "etcd: too many questions at once for an answer in time";

export class Engine implements Disposable {
  readonly #settings: EngineSettings;
  readonly #names: EngineNames;
  readonly #ways = new Map<string, EngineWay>();
  /** Ends what is still read by a connection that is given up. */
  #streams = new AbortController();
  /** Ends the tries that are under way. */
  readonly #tries = new Set<AbortController>();
  #isOver = false;
  /** Which member is asked, and how often that has changed. */
  #turn = 0;
  readonly #throttle = new Throttle(MOST_AT_ONCE);
  #token: string | undefined;
  #login: Promise<string> | undefined;

  constructor(settings: EngineSettings, names: EngineNames = new EngineNames()) {
    this.#settings = settings;
    this.#names = names;
  }

  /** The member that is asked just now. */
  get endpoint(): string {
    const { endpoints } = this.#settings;
    return endpoints[this.#turn % endpoints.length]!;
  }

  /**
   * Asks the engine, again and elsewhere while that may help.
   *
   * @param ms milliseconds that this may take in all
   * @throws {EngineError}
   */
  async call(path: string, body: unknown, ms = ANSWER_MS): Promise<EngineAnswer> {
    const end = performance.now() + ms;
    const share = Math.max(LEAST_TRY_MS, ms / this.#settings.endpoints.length);
    let pause = FIRST_PAUSE_MS;
    let telling: EngineError | undefined;
    for (;;) {
      try {
        return await this.#whenFree(path, body, end, share);
      } catch (error) {
        if (!(error instanceof EngineError) || !error.passes) throw error;
        if (!(error instanceof NoAnswer)) telling = error;
        if (end - performance.now() <= pause) throw telling ?? error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(LONGEST_PAUSE_MS, 2 * pause);
    }
  }

  /** Opens a stream of answers at the member that is asked just now, while it is. */
  async stream(path: string, body: unknown, signal: AbortSignal): Promise<Body> {
    const { endpoint } = this;
    try {
      const either = eitherOf(signal, this.#streams.signal);
      return await this.#fetch(endpoint, path, body, either);
    } catch (error) {
      throw unreachable(endpoint, error);
    }
  }

  /** Gives up every connection, and turns to the next member. */
  giveUp(): void {
    this.#failed(this.#turn);
  }

  /** Whoever still waits for an answer hears at once that none comes. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const over of this.#tries) over.abort(left());
    this.#streams.abort();
    for (const way of this.#ways.values()) way[Symbol.dispose]();
  }

  /** Tries when there is a place; until a moment, and not for longer than its share. */
  async #whenFree(
    path: string,
    body: unknown,
    end: number,
    share: number,
  ): Promise<EngineAnswer> {
    const left = () => Math.max(1, end - performance.now());
    if (!await this.#throttle.take(left())) throw new NoAnswer(TOO_MANY, true);
    try {
      return await this.#try(path, body, Math.min(left(), share));
    } finally {
      this.#throttle.giveBack();
    }
  }

  async #try(path: string, body: unknown, ms: number): Promise<EngineAnswer> {
    if (this.#isOver) throw left();
    const [turn, endpoint, token] = [this.#turn, this.endpoint, this.#token];
    const over = new AbortController();
    this.#tries.add(over);
    const late = () => over.abort(new DOMException("no answer in time", "TimeoutError"));
    const timer = setTimeout(late, ms);
    try {
      const answer = await this.#fetch(endpoint, path, body, over.signal);
      return answerOf(endpoint, await boundedText(answer));
    } catch (error) {
      const known = unreachable(endpoint, error);
      if (known.needsLogin && this.#token === token) this.#token = undefined;
      if (known.passes && !known.needsLogin) this.#failed(turn);
      throw known;
    } finally {
      clearTimeout(timer);
      this.#tries.delete(over);
    }
  }

  async #fetch(endpoint: string, path: string, body: unknown, signal: AbortSignal) {
    const token = await this.#authenticated(endpoint, signal);
    return await this.#post(endpoint, path, body, signal, token);
  }

  async #post(
    endpoint: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
    token?: string,
  ): Promise<Body> {
    const question = (client: Deno.HttpClient) =>
      fetch(`${endpoint}/v3/${path}`, {
        method: "POST",
        client,
        redirect: "error",
        headers: {
          "content-type": "application/json",
          // A member without a leader then answers at once.
          "grpc-metadata-hasleader": "true",
          ...(token === undefined ? {} : { authorization: token }),
        },
        body: JSON.stringify(body),
        signal,
      });
    const { ok, status, body: stream } = await this.#way(endpoint).ask(question, signal);
    const answer = { endpoint, stream, signal };
    if (ok) return answer;
    throw await refusalOf(answer, status);
  }

  /** One login at a time: etcd takes 85 ms for a password. */
  async #authenticated(
    endpoint: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { login } = this.#settings;
    if (login === undefined || this.#token !== undefined) return this.#token;
    const own = this.#login ??= this.#logIn(endpoint, login).finally(() => {
      if (this.#login === own) this.#login = undefined;
    });
    return await unlessAborted(own, signal);
  }

  async #logIn(
    endpoint: string,
    { user, password }: NonNullable<FleetSettings["login"]>,
  ): Promise<string> {
    const body = { name: user, password: new TextDecoder().decode(password.reveal()) };
    const signal = AbortSignal.timeout(LOGIN_MS);
    const answer = await this.#post(endpoint, "auth/authenticate", body, signal);
    const { token } = answerOf(endpoint, await boundedText(answer));
    if (typeof token !== "string") throw new EngineError(`${endpoint}: no token`, true);
    return this.#token = token;
  }

  #way(endpoint: string): EngineWay {
    const made = () => new EngineWay(endpoint, this.#settings, this.#names);
    return this.#ways.getOrInsertComputed(endpoint, made);
  }

  /** A fault that many calls meet together is one: the next member is asked. */
  #failed(turn: number): void {
    if (turn !== this.#turn) return;
    this.#login = undefined;
    const given = this.endpoint;
    this.#turn++;
    this.#token = undefined;
    this.#ways.get(given)?.[Symbol.dispose]();
    this.#ways.delete(given);
    this.#streams.abort(new EngineError(`${given}: no answer any more`, true));
    this.#streams = new AbortController();
  }
}

function left(): EngineError {
  return new EngineError("this node leaves the fleet", false);
}

async function refusalOf(answer: Body, status: number): Promise<EngineError> {
  const text = await boundedText(answer);
  // Some refusals are plain text.
  const body = orUndefined(() => JSON.parse(text)) ??
    { message: `HTTP ${status} ${text.trim()}` };
  return refusedBy(answer.endpoint, body, status);
}

/** The JSON object that a text is; throws an EngineError. */
export function answerOf(endpoint: string, text: string): EngineAnswer {
  const answer = orUndefined(() => JSON.parse(text));
  if (typeof answer === "object" && answer !== null) return answer;
  throw new EngineError(`${endpoint}: this is not etcd: its answer is no JSON`, true);
}
