/** The `[fleet]` table of knock.toml. */

import { defined } from "../../core/defined.ts";
import { parseSecret } from "../../core/one_time/secret_text.ts";
import { Secret } from "../../core/secret.ts";
import { exposure } from "../../files/secret_mode.ts";
import { readSource } from "../../files/source.ts";
import { besideConfig, missingFile } from "../named_path.ts";
import type { FleetSettings } from "../fleet_settings.ts";
import { FLEET_TIMEOUT, MAX_SECRET_FILE_BYTES } from "../limits.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import type { Path } from "../problems.ts";
import type { TomlContext } from "./context.ts";
import type { RawFleet } from "./schema.ts";

/** Certificates of many authorities, generously. */
const MAX_PEM_BYTES = 1024 * 1024;

type Key = keyof RawFleet;

/** Reads `[fleet]`, if it can be made sense of. */
export function readFleet(
  raw: RawFleet,
  context: TomlContext,
): FleetSettings | undefined {
  const name = readName("name", raw.name, context);
  const node = readName("node", raw.node ?? Deno.hostname().split(".")[0], context);
  const endpoints = readEndpoints(raw.endpoints, context);
  const secret = readSecret(raw, context);
  const ca = raw.ca === undefined ? undefined : readText("ca", raw.ca, false, context);
  const identity = readIdentity(raw, endpoints, context);
  const login = readLogin(raw, context);
  if (name === undefined || node === undefined || secret === undefined) return undefined;
  return {
    name,
    node,
    endpoints,
    ...defined({ ca, identity, login }),
    secret,
    timeout: raw.timeout ?? FLEET_TIMEOUT.default,
  };
}

function fail(context: TomlContext, key: Key, message: string, hint?: string): void {
  const path: Path = ["fleet", key];
  if (context.isBroken(path)) return;
  context.report({ severity: "error", path, message, ...(hint && { hint }) });
}

/** What is missing is said at the table. */
function missing(context: TomlContext, key: Key, hint?: string): void {
  if (context.isBroken(["fleet", key])) return;
  const message = `it has no ${key}`;
  const finding = { severity: "error", path: ["fleet"], atKey: true, message } as const;
  context.report({ ...finding, ...(hint && { hint }) });
}

function readName(
  key: "name" | "node",
  name: string | undefined,
  context: TomlContext,
): string | undefined {
  if (name === undefined) return void missing(context, key);
  if (LABEL.test(name)) return name;
  const message = "a name in a fleet has 1 to 64 of A-Z a-z 0-9 . _ -";
  return void fail(context, key, message);
}

function readEndpoints(
  raw: readonly string[] | undefined,
  context: TomlContext,
): string[] {
  if (raw === undefined || raw.length === 0) {
    missing(context, "endpoints", 'endpoints = ["https://10.0.0.1:2379"]');
    return [];
  }
  return raw.map((text, index) => {
    const wrong = endpointProblem(text);
    const path = ["fleet", "endpoints", index];
    if (wrong !== undefined) context.report({ severity: "error", path, ...wrong });
    return text.replace(/\/$/, "");
  });
}

function endpointProblem(text: string): { message: string; hint?: string } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?\/?$/.test(
    text,
  );
  if (url === undefined || !plain) {
    return { message: 'expected where etcd answers, as "https://10.0.0.1:2379"' };
  }
  if (url.protocol === "https:" || isLoopback(url.hostname)) return undefined;
  return {
    message: "http:// tells everybody on the way who knocked, and lets them answer",
    hint: "write https://; http:// is for 127.0.0.1 alone",
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

function readSecret(raw: RawFleet, context: TomlContext): Secret | undefined {
  if (raw.secret_file === undefined) {
    return void missing(context, "secret_file", "knockd fleet init makes one");
  }
  const text = readText("secret_file", raw.secret_file, true, context);
  if (text === undefined) return undefined;
  const secret = parseSecret(text);
  if (typeof secret !== "string") return secret;
  return void fail(context, "secret_file", secret);
}

function readIdentity(
  raw: RawFleet,
  endpoints: readonly string[],
  context: TomlContext,
): FleetSettings["identity"] {
  const { cert, key } = raw;
  if (cert === undefined && key === undefined) {
    if (endpoints.every((endpoint) => !endpoint.startsWith("https:"))) return undefined;
    const hint = "etcd tells its state to whoever connects: let it ask for certificates";
    return void missing(context, "cert", hint);
  }
  if (cert === undefined) return void missing(context, "cert", "key goes with it");
  if (key === undefined) return void missing(context, "key", "cert goes with it");
  const texts = [
    readText("cert", cert, false, context),
    readText("key", key, true, context),
  ];
  const [certText, keyText] = texts;
  if (certText === undefined || keyText === undefined) return undefined;
  return { cert: certText, key: new Secret(new TextEncoder().encode(keyText)) };
}

function readLogin(raw: RawFleet, context: TomlContext): FleetSettings["login"] {
  const { user, password_file: file } = raw;
  if (user === undefined && file === undefined) return undefined;
  if (user === undefined) {
    return void missing(context, "user", "password_file goes with it");
  }
  if (file === undefined) {
    return void missing(context, "password_file", "user goes with it");
  }
  const text = readText("password_file", file, true, context);
  if (text === undefined) return undefined;
  const password = text.replace(/\r?\n$/, "");
  if (password !== "") {
    return { user, password: new Secret(new TextEncoder().encode(password)) };
  }
  return void fail(context, "password_file", "the file is empty");
}

function readText(
  key: "ca" | "cert" | "key" | "password_file" | "secret_file",
  file: string,
  isSecret: boolean,
  context: TomlContext,
): string | undefined {
  const absolute = besideConfig(file, context.configPath);
  const isPem = key === "ca" || key === "cert" || key === "key";
  const maxBytes = isPem ? MAX_PEM_BYTES : MAX_SECRET_FILE_BYTES;
  const source = readSource(absolute, { maxBytes });
  if (!("text" in source)) {
    const name = missingFile(file, context.configPath);
    return void fail(context, key, `${name}: ${source.message}`, source.hint);
  }
  const exposed = isSecret ? exposure(source) : undefined;
  if (exposed !== undefined) {
    fail(context, key, `${absolute}: ${exposed.message}`, exposed.hint);
  }
  if (isPem && !/-----BEGIN [A-Z ]+-----/.test(source.text)) {
    return void fail(context, key, `${absolute}: this is not PEM`);
  }
  return source.text;
}
