/** What the engine, or the way to it, is wrong with. */

import { innermostCause } from "../../../core/innermost_cause.ts";
import { Failure } from "../../../core/failure.ts";

/** gRPC's numbers for what another try, or another member, may mend. */
const PASSING: readonly number[] = [4, 14];
const UNAUTHENTICATED = 16;

/** Of who logged in to a member that forgot it, or before rights were changed. */
const OLD_LOGIN = /invalid auth token|revision of auth store is old/;

/** etcd with users takes no client certificate with a Common Name at its gateway. */
const COMMON_NAME = /CommonName of client sending a request against gateway/;

/** The engine did not do what it was asked. */
export class EngineError extends Failure {
  override readonly name = "EngineError";
  /** Whether another try may go well. */
  readonly passes: boolean;
  /** Whether a new login may help. */
  readonly needsLogin: boolean;

  constructor(message: string, passes: boolean, needsLogin = false, hint?: string) {
    super(message, hint);
    this.passes = passes;
    this.needsLogin = needsLogin;
  }
}

/** Nothing was heard: another error of the same call says more. */
export class NoAnswer extends EngineError {}

/** What helps where etcd itself says what is wrong. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /permission denied/,
    "knockd fleet init prints which rights fleet.user needs; they begin with the fleet's name",
  ],
  [
    /authentication failed/,
    "fleet.user and fleet.password_file are to be those of etcdctl user add",
  ],
  [
    /user name is empty/,
    "etcd has users: give [fleet] user and password_file, of etcdctl user add",
  ],
  [
    /authentication is not enabled/,
    "etcdctl auth enable, or leave user and password_file out of [fleet]",
  ],
  [
    /not supported for learner/,
    "etcdctl member promote makes it a member that answers",
  ],
  [
    /database space exceeded/,
    "etcdctl compact and defrag make room, then etcdctl alarm disarm",
  ],
];

/** What an answer that is an error says: gRPC's number and words, in etcd's JSON. */
export function refusedBy(endpoint: string, body: unknown, status = 200): EngineError {
  const { message, error, code } = { ...body as Record<string, unknown> };
  const words = printable(`${message ?? error ?? `HTTP ${status}`}`);
  if (COMMON_NAME.test(words)) {
    return new EngineError(
      "etcd has users, and this node's certificate has a Common Name: etcd then refuses all",
      false,
      false,
      "make the certificate with an empty subject, and names in subjectAltName alone",
    );
  }
  // Some errors of authentication come without a number of their own.
  const needsLogin = code === UNAUTHENTICATED || OLD_LOGIN.test(words);
  const passes = needsLogin || typeof code !== "number" || PASSING.includes(code) ||
    /no leader|leader changed|timed out/.test(words);
  const [, hint] = HINTS.find(([theirs]) => theirs.test(words)) ?? [];
  return new EngineError(`${endpoint}: ${words}`, passes, needsLogin, hint);
}

/** What keeps a connection from being made: the runtime's words, ours, and what helps. */
const REASONS: readonly (readonly [RegExp, string, string])[] = [
  [
    /UnknownIssuer|BadSignature/,
    "its certificate was signed by somebody else than fleet.ca",
    "fleet.ca is the certificate of the authority that signed etcd's",
  ],
  [
    /not valid for (any )?name/,
    "its certificate is for another name or address",
    "an endpoint is to be among the subjectAltName of its member's certificate",
  ],
  [
    /certificate: Expired|certificate expired/,
    "its certificate's time is over",
    "make a new one for that member, and see that the clock is right",
  ],
  [
    /NotValidYet|not valid yet/,
    "its certificate's time is yet to come",
    "see that the clock is right",
  ],
  [
    /Requests to port \d+ are blocked/,
    "its port is one at which HTTP clients ask nobody",
    "have etcd listen at another one, as 2379, and say so in fleet.endpoints",
  ],
  [/InvalidContentType/, "it does not speak TLS", "give etcd --cert-file and --key-file"],
  [
    /fatal alert/,
    "it refuses this node's certificate",
    "fleet.cert is to be valid now, and signed by etcd's --trusted-ca-file",
  ],
];

/** Whoever is refused in TLS 1.3 may hear of it, or only that nobody listens any more. */
const CLOSED =
  /reading a body|unexpected end of file|broken pipe|connection (closed|error|reset)/;
const CLOSED_HINT =
  "see that etcd runs, and by its log whether it takes this node's certificate";

/** No answer came. */
export function unreachable(endpoint: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { message, name } = innermostCause(error);
  if (name === "TimeoutError" || name === "AbortError") {
    return new NoAnswer(`${endpoint}: no answer in time`, true);
  }
  const [, said, hint] = REASONS.find(([theirs]) => theirs.test(message)) ?? [];
  if (said === undefined && CLOSED.test(message)) {
    const words = `${endpoint}: it has closed the connection`;
    return new NoAnswer(words, true, false, CLOSED_HINT);
  }
  const words = said ?? printable(lastReason(message));
  return new EngineError(`${endpoint}: ${words}`, true, false, hint);
}

/** Certificates or a key can't be used. */
export function unusable(error: unknown): EngineError {
  const why = printable(innermostCause(error).message);
  const [, systems] = /platform certificates: (.*?)( \(os error.*)?$/.exec(why) ?? [];
  const [what, hint] = systems === undefined
    ? [
      `fleet.cert, fleet.key and fleet.ca can't be used: ${why}`,
      "openssl x509 -text -in FILE shows a certificate, which is to be of version 3",
    ]
    : [
      `the system's certificates can't be read: ${systems}`,
      "give fleet.ca in their place, or see where SSL_CERT_FILE of the environment leads",
    ];
  return new EngineError(what, false, false, hint);
}

/** The runtime wraps the reason in sentences of its own. */
function lastReason(message: string): string {
  const parts = message.split(": ").filter((part) =>
    !/^error sending|^client error/.test(part)
  );
  return parts.slice(-2).join(": ") || message;
}

/** What others wrote does not speak to the log. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
}
