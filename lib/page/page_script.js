// Made by `deno task page-script` of lib/page/main.js and what it imports.
// lib/page/served.js
var CLOCK_TOLERANCE = 20;
var isServed = () => location.protocol.startsWith("http");
function install() {
  if (isServed() && document.querySelector("link[rel=manifest]") !== null) {
    navigator.serviceWorker?.register("worker.js").catch(() => {
    });
  }
}
async function checkClock(onWrong) {
  if (!isServed()) return;
  try {
    const answer = await fetch(location.pathname, {
      method: "HEAD",
      cache: "no-store"
    });
    const off = (Date.now() - Date.parse(answer.headers.get("date") ?? "")) / 1e3;
    const age = Number(answer.headers.get("age")) || 0;
    const seconds = Math.round(Math.min(Math.abs(off), Math.abs(off - age)));
    if (seconds > CLOCK_TOLERANCE) onWrong(seconds);
  } catch {
  }
}

// lib/core/one_time/hotp.ts
function codeMessage(counter, i) {
  const message = new Uint8Array(8);
  const view = new DataView(message.buffer);
  view.setUint32(0, Math.floor(counter / 2 ** 24));
  view.setUint32(4, counter % 2 ** 24 * 256 + i);
  return message;
}
function codeOf(mac) {
  const at = mac[mac.length - 1] & 15;
  const view = new DataView(mac.buffer, mac.byteOffset, mac.length);
  return (view.getUint32(at) & 2147483647) % 1e8;
}

// lib/core/secret.ts
var Secret = class {
  #bytes;
  /** Keeps a copy of `bytes` (sequence-v1 asks for 16 to 64 of them). */
  constructor(bytes) {
    this.#bytes = bytes.slice();
  }
  /** The bytes themselves: for a derivation, a file of mode 0600, an enrolment URI. */
  reveal() {
    return this.#bytes.slice();
  }
  /** What every log and error shows. */
  toString() {
    return "(secret)";
  }
  /** What JSON shows. */
  toJSON() {
    return this.toString();
  }
  /** What `console.log` shows, in Deno and in Node. */
  [Symbol.for("nodejs.util.inspect.custom")]() {
    return this.toString();
  }
};

// lib/core/one_time/derive.ts
var MAX_COUNTER = 2 ** 48 - 1;
var MAX_PERIOD = 86400;
var MIN_OTP_LENGTH = 3;
var MAX_OTP_LENGTH = 32;
var MAX_CODES = 256;
var DOMAIN = "knock sequence v1";
var LABEL = /^[A-Za-z0-9._-]{1,64}$/;
function shapeProblem(shape) {
  const { length, lo, hi } = shape;
  if (!Number.isInteger(length) || length < MIN_OTP_LENGTH || length > MAX_OTP_LENGTH) {
    return `length ${length} is not ${MIN_OTP_LENGTH} to ${MAX_OTP_LENGTH}`;
  }
  const valid = Number.isInteger(lo) && Number.isInteger(hi) && lo >= 1 && hi <= 65535;
  if (!valid) return `ports ${lo}-${hi} are not within 1 to 65535`;
  const ports = Math.max(0, hi - lo + 1);
  if (ports < 4 * length) {
    return `${ports} ports are too few for ${length} knocks; at least ${4 * length}`;
  }
  return void 0;
}
function derivationMessage(label2, source = new Uint8Array(0)) {
  if (!LABEL.test(label2)) throw new RangeError(`${JSON.stringify(label2)} is no label`);
  return Uint8Array.from([
    ...new TextEncoder().encode(`${DOMAIN}\0${label2}\0`),
    ...source
  ]);
}
function* sequenceSteps(shape, counter) {
  checkCounter(counter);
  const sequence = [];
  for (let i = 0; sequence.length < shape.length; i++) {
    if (i === MAX_CODES) {
      throw new RangeError(`${MAX_CODES} codes gave fewer than ${shape.length} ports`);
    }
    const knock2 = knockOf(shape, yield i);
    if (sequence.every(({ port }) => port !== knock2.port)) sequence.push(knock2);
  }
  return sequence;
}
function checkCounter(counter) {
  if (!Number.isInteger(counter) || counter < 0 || counter > MAX_COUNTER) {
    throw new RangeError(`counter ${counter} is not 0 to ${MAX_COUNTER}`);
  }
}
function knockOf({ lo, hi, protocol }, code) {
  const ports = hi - lo + 1;
  if (protocol !== "mixed") return {
    port: lo + code % ports,
    protocol
  };
  const value = code % (2 * ports);
  return {
    port: lo + Math.floor(value / 2),
    protocol: value % 2 === 1 ? "udp" : "tcp"
  };
}

// lib/core/or_undefined.ts
function orUndefined(act) {
  try {
    return act();
  } catch {
    return void 0;
  }
}

// lib/core/ascii_host.ts
function asciiHost(text) {
  const isName2 = /^[\p{L}\p{M}\p{N}_.。．｡-]{1,253}$/u.test(text);
  if (!isName2 || /^[\w.-]*$/.test(text)) return text;
  try {
    return new URL(`http://${text}/`).hostname;
  } catch {
    return text;
  }
}

// lib/core/ipv6_host.ts
function ipv6Host(text) {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return void 0;
  try {
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return void 0;
  }
}

// lib/core/zone.ts
function isLinkLocal(text) {
  return /^fe[89ab][0-9a-f]:/i.test(text);
}
function splitZone(text) {
  const [, address = "", zone] = /^([^%]*)%([\w.:-]{1,32})$/.exec(text) ?? [];
  return zone !== void 0 && isLinkLocal(address) && ipv6Host(address) !== void 0 ? {
    address,
    zone
  } : void 0;
}

// otpauth/9.5.2/dist/otpauth.bare.esm.js
var globalScope = (() => {
  if (typeof globalThis === "object") return globalThis;
  else {
    Object.defineProperty(Object.prototype, "__GLOBALTHIS__", {
      get() {
        return this;
      },
      configurable: true
    });
    try {
      if (typeof __GLOBALTHIS__ !== "undefined") return __GLOBALTHIS__;
    } finally {
      delete Object.prototype.__GLOBALTHIS__;
    }
  }
  if (typeof self !== "undefined") return self;
  else if (typeof window !== "undefined") return window;
  else if (typeof global !== "undefined") return global;
  return void 0;
})();
var ALPHABET$1 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
var base32Decode = (str) => {
  str = str.replace(/ /g, "").toUpperCase();
  let end = str.length;
  while (str[end - 1] === "=") --end;
  if (end < str.length) str = str.substring(0, end);
  const buf = new ArrayBuffer(str.length * 5 / 8 | 0);
  const arr = new Uint8Array(buf);
  let bits = 0;
  let value = 0;
  let index = 0;
  for (let i = 0; i < str.length; i++) {
    const idx = ALPHABET$1.indexOf(str[i]);
    if (idx === -1) throw new TypeError(`Invalid character found: ${str[i]}`);
    value = value << 5 | idx;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      arr[index++] = value >>> bits;
    }
  }
  return arr;
};
var base32Encode = (arr) => {
  let bits = 0;
  let value = 0;
  let str = "";
  for (let i = 0; i < arr.length; i++) {
    value = value << 8 | arr[i];
    bits += 8;
    while (bits >= 5) {
      str += ALPHABET$1[value >>> bits - 5 & 31];
      bits -= 5;
    }
  }
  if (bits > 0) {
    str += ALPHABET$1[value << 5 - bits & 31];
  }
  return str;
};
var ALPHABET = "0123456789ABCDEF";
var hexDecode = (str) => {
  str = str.replace(/ /g, "").toUpperCase();
  const buf = new ArrayBuffer(str.length / 2);
  const arr = new Uint8Array(buf);
  for (let i = 0; i < str.length; i += 2) {
    const hi = ALPHABET.indexOf(str[i]);
    const lo = ALPHABET.indexOf(str[i + 1]);
    if (hi === -1 || lo === -1) throw new TypeError(`Invalid character found: ${str.substring(i, i + 2)}`);
    arr[i / 2] = hi << 4 | lo;
  }
  return arr;
};
var hexEncode = (arr) => {
  let str = "";
  for (let i = 0; i < arr.length; i++) {
    const hex = arr[i].toString(16);
    if (hex.length === 1) str += "0";
    str += hex;
  }
  return str.toUpperCase();
};
var latin1Decode = (str) => {
  const buf = new ArrayBuffer(str.length);
  const arr = new Uint8Array(buf);
  for (let i = 0; i < str.length; i++) {
    arr[i] = str.charCodeAt(i) & 255;
  }
  return arr;
};
var latin1Encode = (arr) => {
  let str = "";
  for (let i = 0; i < arr.length; i++) {
    str += String.fromCharCode(arr[i]);
  }
  return str;
};
var ENCODER = globalScope.TextEncoder ? new globalScope.TextEncoder() : null;
var DECODER = globalScope.TextDecoder ? new globalScope.TextDecoder() : null;
var utf8Decode = (str) => {
  if (!ENCODER) {
    throw new Error("Encoding API not available");
  }
  return ENCODER.encode(str);
};
var utf8Encode = (arr) => {
  if (!DECODER) {
    throw new Error("Encoding API not available");
  }
  return DECODER.decode(arr);
};
var randomBytes = (size) => {
  if (globalScope.crypto?.getRandomValues) {
    return globalScope.crypto.getRandomValues(new Uint8Array(size));
  } else {
    throw new Error("Cryptography API not available");
  }
};
var Secret2 = class _Secret {
  /**
   * Converts a Latin-1 string to a Secret object.
   * @param {string} str Latin-1 string.
   * @returns {Secret} Secret object.
   */
  static fromLatin1(str) {
    return new _Secret({
      buffer: latin1Decode(str).buffer
    });
  }
  /**
   * Converts an UTF-8 string to a Secret object.
   * @param {string} str UTF-8 string.
   * @returns {Secret} Secret object.
   */
  static fromUTF8(str) {
    return new _Secret({
      buffer: utf8Decode(str).buffer
    });
  }
  /**
   * Converts a base32 string to a Secret object.
   * @param {string} str Base32 string.
   * @returns {Secret} Secret object.
   */
  static fromBase32(str) {
    return new _Secret({
      buffer: base32Decode(str).buffer
    });
  }
  /**
   * Converts a hexadecimal string to a Secret object.
   * @param {string} str Hexadecimal string.
   * @returns {Secret} Secret object.
   */
  static fromHex(str) {
    return new _Secret({
      buffer: hexDecode(str).buffer
    });
  }
  /**
   * Secret key buffer.
   * @deprecated For backward compatibility, the "bytes" property should be used instead.
   * @type {ArrayBufferLike}
   */
  get buffer() {
    return this.bytes.buffer;
  }
  /**
   * Latin-1 string representation of secret key.
   * @type {string}
   */
  get latin1() {
    Object.defineProperty(this, "latin1", {
      enumerable: true,
      writable: false,
      configurable: false,
      value: latin1Encode(this.bytes)
    });
    return this.latin1;
  }
  /**
   * UTF-8 string representation of secret key.
   * @type {string}
   */
  get utf8() {
    Object.defineProperty(this, "utf8", {
      enumerable: true,
      writable: false,
      configurable: false,
      value: utf8Encode(this.bytes)
    });
    return this.utf8;
  }
  /**
   * Base32 string representation of secret key.
   * @type {string}
   */
  get base32() {
    Object.defineProperty(this, "base32", {
      enumerable: true,
      writable: false,
      configurable: false,
      value: base32Encode(this.bytes)
    });
    return this.base32;
  }
  /**
   * Hexadecimal string representation of secret key.
   * @type {string}
   */
  get hex() {
    Object.defineProperty(this, "hex", {
      enumerable: true,
      writable: false,
      configurable: false,
      value: hexEncode(this.bytes)
    });
    return this.hex;
  }
  /**
   * Creates a secret key object.
   * @param {Object} [config] Configuration options.
   * @param {ArrayBufferLike} [config.buffer] Secret key buffer.
   * @param {number} [config.size=20] Number of random bytes to generate, ignored if 'buffer' is provided.
   */
  constructor({ buffer, size = 20 } = {}) {
    this.bytes = typeof buffer === "undefined" ? randomBytes(size) : new Uint8Array(buffer);
    Object.defineProperty(this, "bytes", {
      enumerable: true,
      writable: false,
      configurable: false,
      value: this.bytes
    });
  }
};

// lib/core/one_time/secret_text.ts
var MIN_SECRET_BYTES = 16;
var MAX_SECRET_BYTES = 64;
var MAX_CHARACTERS = Math.ceil(MAX_SECRET_BYTES * 8 / 5);
function parseSecret(text) {
  const compact = withoutPadding(text.replace(/[ \t\r\n]+/g, ""));
  if (compact === "") return "the secret is empty";
  const stranger = compact.search(/[^A-Za-z2-7]/);
  if (stranger >= 0) {
    return `character ${stranger + 1} of the secret is not Base32 (A to Z, 2 to 7)`;
  }
  const size = Math.floor(compact.length * 5 / 8);
  if (size < MIN_SECRET_BYTES) {
    return `the secret has ${size} bytes; at least ${MIN_SECRET_BYTES} are needed`;
  }
  if (compact.length > MAX_CHARACTERS) {
    return `the secret is longer than ${MAX_SECRET_BYTES} bytes`;
  }
  const secret = new Secret(Secret2.fromBase32(compact).bytes);
  if (formatSecret(secret) !== compact.toUpperCase()) {
    return "the end of the secret is not Base32: a character is missing or too many";
  }
  return secret;
}
function withoutPadding(text) {
  let end = text.length;
  while (text.endsWith("=", end)) end--;
  return text.slice(0, end);
}
function formatSecret(secret) {
  return new Secret2({
    buffer: secret.reveal().buffer
  }).base32;
}

// lib/core/one_time/enrolment.ts
var USUAL_WINDOW = 1;
var MAX_WINDOW = 10;
var ENROLMENT_FIELDS = [
  "host",
  "door",
  "label",
  "client",
  "secret",
  "mode",
  "period",
  "window",
  "counter",
  "length",
  "ports",
  "protocol",
  "bind_source",
  "packet"
];
function parseEnrolment(fields) {
  const { door, label: label2 = door, client } = fields;
  const host = fields.host === void 0 ? void 0 : asciiHost(fields.host);
  if (host === void 0 || !canBeHost(host)) return wrong("host");
  if (door === void 0 || !isName(door)) return wrong("door");
  if (label2 === void 0 || !LABEL.test(label2)) return wrong("label");
  if (client === void 0 || !isName(client)) return wrong("client");
  const mode = oneOf(fields.mode, [
    "totp",
    "hotp"
  ]);
  if (mode === void 0) return wrong("mode");
  const period = mode === "totp" ? integer(fields.period, 1, MAX_PERIOD) : 30;
  if (period === void 0) return wrong("period");
  const { window: steps } = fields;
  const window2 = mode === "totp" && steps !== void 0 ? integer(steps, 0, MAX_WINDOW) : USUAL_WINDOW;
  if (window2 === void 0) return wrong("window");
  const counter = mode === "hotp" ? integer(fields.counter, 0, MAX_COUNTER) : 0;
  if (counter === void 0) return wrong("counter");
  const protocol = oneOf(fields.protocol, [
    "tcp",
    "udp",
    "mixed"
  ]);
  if (protocol === void 0) return wrong("protocol");
  const bindSource = oneOf(fields.bind_source ?? "false", [
    "true",
    "false"
  ]);
  if (bindSource === void 0) return wrong("bind_source");
  const { packet: packetPort } = fields;
  const packet = integer(packetPort, 1, 65535);
  if (packetPort !== void 0 && packet === void 0) return wrong("packet");
  const length = integer(fields.length, MIN_OTP_LENGTH, MAX_OTP_LENGTH);
  if (length === void 0) return wrong("length");
  const [, lo, hi] = /^(\d{1,5})-(\d{1,5})$/.exec(fields.ports ?? "") ?? [];
  if (lo === void 0 || hi === void 0) return wrong("ports");
  const shape = {
    length,
    lo: Number(lo),
    hi: Number(hi),
    protocol
  };
  const problem = shapeProblem(shape);
  if (problem !== void 0) return problem;
  const secret = parseSecret(fields.secret ?? "");
  if (typeof secret === "string") return secret;
  const otp = {
    ...shape,
    mode,
    period,
    bindSource: bindSource === "true",
    ...window2 === USUAL_WINDOW ? {} : {
      window: window2
    },
    ...packet === void 0 ? {} : {
      packet
    }
  };
  return {
    host,
    door,
    label: label2,
    client,
    otp,
    counter,
    secret
  };
}
var EXPECTED = {
  host: "a host name or an address",
  door: "1 to 127 printable characters",
  label: "1 to 64 of A-Z a-z 0-9 . _ -",
  client: "1 to 127 printable characters",
  mode: "totp or hotp",
  period: `1 to ${MAX_PERIOD} seconds`,
  window: `0 to ${MAX_WINDOW} steps`,
  counter: `0 to ${MAX_COUNTER}`,
  length: `${MIN_OTP_LENGTH} to ${MAX_OTP_LENGTH} ports`,
  ports: "a range like 10000-59999",
  protocol: "tcp, udp or mixed",
  bind_source: "true or false",
  packet: "a UDP port, 1 to 65535"
};
function wrong(field) {
  return `${field} is missing or wrong: it has to be ${EXPECTED[field]}`;
}
function oneOf(text, known) {
  return known.find((name) => name === text);
}
function integer(text, lo, hi) {
  if (text === void 0 || !/^(0|[1-9]\d{0,15})$/.test(text)) return void 0;
  const value = Number(text);
  return value >= lo && value <= hi ? value : void 0;
}
function isName(text) {
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,127}$/u.test(text);
}
function canBeHost(text) {
  if (text.length > 253) return false;
  if (ipv6Host(text) !== void 0 || splitZone(text) !== void 0) return true;
  return /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?$/.test(text);
}

// lib/core/one_time/otpauth_uri.ts
var MAX_URI_LENGTH = 8192;
var PAGE = /^(?:https|file):\/\/[^\s#]+#(?=otpauth:)/;
function parseUri(text) {
  const uri = text.trim().replace(PAGE, "");
  if (uri.length > MAX_URI_LENGTH) {
    return `the URI is longer than ${MAX_URI_LENGTH} characters`;
  }
  const match = /^otpauth:\/\/(totp|hotp)\/[^?#]*\?([^?#]*)$/.exec(uri);
  if (match === null) return "this is not an otpauth://totp/ or otpauth://hotp/ URI";
  const [, mode = "", query = ""] = match;
  const parameters = parseQuery(query);
  if (typeof parameters === "string") return parameters;
  const required = [
    [
      "knock",
      "v1"
    ],
    [
      "algorithm",
      "SHA256"
    ],
    [
      "digits",
      "8"
    ]
  ];
  for (const [name, value] of required) {
    if (parameters.get(name)?.toLowerCase() !== value.toLowerCase()) {
      return `this URI does not come from "knockd enroll": ${name} is not ${value}`;
    }
  }
  const fields = {
    mode
  };
  for (const name of ENROLMENT_FIELDS) {
    const value = parameters.get(name);
    if (value !== void 0 && name !== "mode") fields[name] = value;
  }
  return parseEnrolment(fields);
}
function parseQuery(query) {
  const parameters = /* @__PURE__ */ new Map();
  for (const part2 of query.split("&")) {
    const [, name, encoded] = /^([a-z_]+)=(.*)$/.exec(part2) ?? [];
    if (name === void 0 || encoded === void 0) {
      return "a parameter of the URI is not NAME=VALUE";
    }
    if (parameters.has(name)) return `the URI has ${name.slice(0, 40)} twice`;
    const value = orUndefined(() => decodeURIComponent(encoded));
    if (value === void 0) {
      return `${name.slice(0, 40)} has a broken %-escape in the URI`;
    }
    parameters.set(name, value);
  }
  return parameters;
}

// lib/library/enrolment.ts
function readEnrolment(uri) {
  const found = parseUri(uri);
  if (typeof found === "string") throw new SyntaxError(found);
  return found;
}

// lib/library/mac.ts
async function unreadableKey(bytes) {
  const hmac = {
    name: "HMAC",
    hash: "SHA-256"
  };
  return await crypto.subtle.importKey("raw", bytes, hmac, false, [
    "sign"
  ]);
}
async function macOf(key, message) {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}
async function derivedKey(secret, message) {
  return await unreadableKey(await macOf(secret, message));
}

// lib/library/source.ts
function sourceBytes(text) {
  const host = ipv6Host(/^\d+(\.\d+){3}$/.test(text) ? `::ffff:${text}` : text);
  if (host === void 0) throw new RangeError("the source is no IPv4 or IPv6 address");
  return bytesOf(host);
}
function bytesOf(text) {
  const [head = [], tail = []] = text.split("::").map((part2) => part2.split(":").filter((group) => group !== ""));
  const zeros = Array(8 - head.length - tail.length).fill("0");
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [i, group] of [
    ...head,
    ...zeros,
    ...tail
  ].entries()) {
    view.setUint16(2 * i, parseInt(group, 16));
  }
  return bytes;
}

// lib/library/sequence.ts
async function sequenceKeys({ secret, label: label2, otp }, source) {
  const own = await unreadableKey(Uint8Array.from(secret.reveal()));
  const first = await derivedKey(own, derivationMessage(label2));
  if (!otp.bindSource) return {
    first,
    others: first
  };
  const bound = derivationMessage(label2, sourceBytes(source ?? ""));
  return {
    first,
    others: await derivedKey(own, bound)
  };
}
async function sequenceOf(keys, settings, counter) {
  const steps = sequenceSteps(settings, counter);
  let step = steps.next();
  while (!step.done) {
    const key = step.value === 0 ? keys.first : keys.others;
    step = steps.next(codeOf(await macOf(key, codeMessage(counter, step.value))));
  }
  return [
    ...step.value
  ];
}

// lib/page/send.js
var PATIENCE = 200;
var BLOCKED = new Set("1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080".split(" ").map(Number));
function obstacle(sequence) {
  const canAsk = globalThis.RTCPeerConnection !== void 0;
  if (!canAsk && sequence.some(({ protocol }) => protocol === "udp")) return "noUdp";
  return sequence.some(({ port }) => BLOCKED.has(port)) ? "blocked" : void 0;
}
async function send(host, sequence) {
  const name = host.includes(":") ? `[${host}]` : host;
  await Promise.all(sequence.map(({ port, protocol }) => protocol === "udp" ? datagram(name, port) : syn(name, port)));
}
async function syn(host, port) {
  const scheme = location.protocol === "https:" ? "https" : "http";
  const options = {
    mode: "no-cors",
    cache: "no-store",
    credentials: "omit"
  };
  const signal = AbortSignal.timeout(PATIENCE);
  await fetch(`${scheme}://${host}:${port}/`, {
    ...options,
    signal
  }).catch(() => {
  });
}
async function datagram(host, port) {
  const connection = new RTCPeerConnection({
    iceServers: [
      {
        urls: `stun:${host}:${port}`
      }
    ]
  });
  try {
    connection.createDataChannel("");
    await connection.setLocalDescription(await connection.createOffer());
    await new Promise((resolve) => setTimeout(resolve, 3 * PATIENCE));
  } finally {
    connection.close();
  }
}

// lib/page/counter.js
var MOST_PASSED = 100;
async function nextKnock(door, now) {
  const { otp } = door;
  const present = otp.mode === "hotp" ? door.counter : Math.floor(now / otp.period);
  const first = Math.max(present, usedUntil(door, present) + 1);
  for (let counter = first; ; counter++) {
    const sequence = await sequenceOf(door.keys, otp, counter);
    const reason = obstacle(sequence);
    if (reason === void 0) {
      const ahead = first === present ? otp.window ?? USUAL_WINDOW : 0;
      const wait = otp.mode === "hotp" || counter - present <= ahead ? 0 : counter * otp.period - now;
      return {
        counter,
        sequence,
        wait,
        passedOver: counter > first
      };
    }
    if (reason !== "blocked" || counter - first === MOST_PASSED) {
      return {
        obstacle: reason
      };
    }
  }
}
function usedUntil({ otp, used = -1 }, present) {
  if (otp.mode === "hotp") return used;
  return Math.min(used, present + (otp.window ?? USUAL_WINDOW));
}

// lib/page/store.js
var TABLE = "doors";
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("knockd", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
async function inTable(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode);
      const answer = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(answer.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
function keptDoors() {
  return inTable("readonly", (table) => table.getAll());
}
function keptDoor(door) {
  return inTable("readonly", (table) => table.get(nameOf(door)));
}
function keepDoor(door) {
  return inTable("readwrite", (table) => table.put(door, nameOf(door)));
}
function spendCounter(door, counter) {
  return inTable("readwrite", (table) => {
    const answer = {
      result: false
    };
    const read = table.get(nameOf(door));
    read.onsuccess = () => {
      answer.result = read.result !== void 0 && read.result.used === door.used;
      if (answer.result) table.put({
        ...read.result,
        used: counter
      }, nameOf(door));
    };
    return answer;
  });
}
function forgetDoor(door) {
  return inTable("readwrite", (table) => table.delete(nameOf(door)));
}
function nameOf({ host, door, client }) {
  return `${client}\0${door}\0${host}`;
}

// lib/page/door.js
var AGAIN = 1;
var last = Promise.resolve();
var sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1e3));
async function doorOf({ enrolment, then }) {
  const { host, door, client, otp, counter } = enrolment;
  return {
    host,
    door,
    client,
    otp,
    counter,
    then,
    keys: await sequenceKeys(enrolment)
  };
}
async function keptOf(door) {
  const kept = await keptDoor(door).catch(() => void 0);
  return kept !== void 0 && await sameKeys(kept, door) ? kept : void 0;
}
async function keep(door) {
  const { used } = await keptOf(door) ?? door;
  await keepDoor({
    ...door,
    used
  });
  door.kept = true;
}
async function knock(door, onWait) {
  await last;
  for (; ; ) {
    if (door.kept && !await refresh(door)) return "removed";
    const next = await nextKnock(door, Date.now() / 1e3);
    if (next.obstacle !== void 0) return next.obstacle;
    if (next.wait > 0) {
      if (!await remember(door, next.counter - 1)) continue;
      await countDown(next, onWait);
      continue;
    }
    if (!await remember(door, next.counter)) continue;
    onWait(0, false, true);
    await send(door.host, next.sequence);
    await sleep(AGAIN);
    await send(door.host, next.sequence);
    last = sleep(AGAIN).then(() => send(door.host, next.sequence)).catch(() => {
    });
    return void 0;
  }
}
async function countDown({ wait, passedOver }, onWait) {
  const seconds = Math.ceil(wait);
  const end = Date.now() + seconds * 1e3;
  for (let left = seconds; left > 0 && left <= seconds; ) {
    onWait(left, passedOver, left === seconds);
    await sleep(1);
    left = Math.ceil((end - Date.now()) / 1e3);
  }
}
async function remember(door, used) {
  if (door.kept && !await spendCounter(door, used)) return false;
  door.used = used;
  return true;
}
async function refresh(door) {
  const kept = await keptDoor(door);
  if (kept === void 0) return false;
  Object.assign(door, kept, {
    kept: true
  });
  return true;
}
async function sameKeys(one, other) {
  const shape = {
    length: 3,
    lo: 1,
    hi: 65535,
    protocol: "tcp"
  };
  const [a, b] = await Promise.all([
    one,
    other
  ].map(({ keys }) => sequenceOf(keys, shape, 0)));
  return JSON.stringify(a) === JSON.stringify(b);
}

// lib/page/link.js
function readLink(text) {
  const enrolment = enrolmentOf(text);
  if (enrolment === void 0) return "notALink";
  if (enrolment.otp.bindSource) return "boundDoor";
  if (splitZone(enrolment.host) !== void 0) return "linkLocal";
  return {
    enrolment,
    then: safeLink(text)
  };
}
function enrolmentOf(text) {
  try {
    return readEnrolment(text);
  } catch {
    return void 0;
  }
}
function safeLink(text) {
  const [, encoded] = /[?&]then=([^&\s]*)/.exec(text) ?? [];
  const link = encoded === void 0 ? "" : decodeURIComponent(encoded);
  const isLink = /^[a-z][a-z0-9+.-]*:/i.test(link);
  return isLink && !/^(javascript|data|vbscript|blob|file|about):/i.test(link) ? link : void 0;
}

// lib/page/words.js
var WORDS = {
  en: {
    title: "Knock",
    paste: "Paste the line that begins with otpauth://",
    read: "Use this line",
    keep: "Knock, and keep the key",
    once: "Knock once, keep nothing",
    keepWhy: "A key that is kept can be used here, and not be read or copied.",
    knock: "Knock",
    forget: "Remove this key",
    forgetSure: "Tap again to remove the key",
    door: "Door",
    host: "Host",
    time: "Time",
    knocking: "Knocking \u2026",
    done: "Knocked. If key and clock are right, the door is open now: you can connect.",
    go: "Go on",
    wait: "This time step is used. The next knock leaves in {seconds} s.",
    passedOver: "Browsers refuse a port of this step. The next one is knocked in {seconds} s.",
    blocked: "Browsers refuse ports of this door in every step. Use the knockd client, or other ports.",
    noUdp: "This door wants UDP, which this browser can't send: WebRTC is missing or switched off. Use another browser, or the knockd client.",
    removed: "This key was removed in another window. To knock, open its link again.",
    cannotKeep: "This browser keeps no keys here (a private window?). Knock once.",
    notALink: "This is no line of knockd enroll.",
    boundDoor: "This door wants the address that you come from, which a page doesn't know. Use the knockd client.",
    linkLocal: "Browsers can't reach a link-local address. Use the knockd client.",
    notSecure: "This page came over http, where browsers have no keys. Open it over https, or as a file.",
    otherHost: "This page was made for another host: its policy lets it knock at that one alone.",
    clock: "The clock of this device is {seconds} s off. Knocks will fail until it is right.",
    failed: "That did not work: {reason}"
  },
  de: {
    title: "Anklopfen",
    paste: "Die Zeile einf\xFCgen, die mit otpauth:// beginnt",
    read: "Diese Zeile verwenden",
    keep: "Anklopfen, Schl\xFCssel behalten",
    once: "Einmal anklopfen, nichts behalten",
    keepWhy: "Ein behaltener Schl\xFCssel ist hier benutzbar, aber nicht lesbar oder kopierbar.",
    knock: "Anklopfen",
    forget: "Diesen Schl\xFCssel entfernen",
    forgetSure: "Zum Entfernen nochmals tippen",
    door: "T\xFCr",
    host: "Server",
    time: "Zeit",
    knocking: "Klopfe an \u2026",
    done: "Angeklopft. Stimmen Schl\xFCssel und Uhr, ist die T\xFCr jetzt offen.",
    go: "Weiter",
    wait: "Dieser Zeitschritt ist verbraucht. In {seconds} s wird wieder geklopft.",
    passedOver: "Browser sperren einen Port dieses Schritts. Der n\xE4chste ist in {seconds} s dran.",
    blocked: "Browser sperren in jedem Schritt Ports dieser T\xFCr. Bitte den knockd-Client oder andere Ports verwenden.",
    noUdp: "Diese T\xFCr verlangt UDP, das dieser Browser nicht sendet: WebRTC fehlt oder ist abgeschaltet. Bitte einen anderen Browser oder den knockd-Client verwenden.",
    removed: "Der Schl\xFCssel wurde in einem anderen Fenster entfernt. Bitte den Link nochmals \xF6ffnen.",
    cannotKeep: "Dieser Browser beh\xE4lt hier keine Schl\xFCssel (privates Fenster?). Bitte einmal anklopfen.",
    notALink: "Das ist keine Zeile von knockd enroll.",
    boundDoor: "Diese T\xFCr verlangt die Adresse, von der Sie kommen; eine Seite kennt sie nicht. Bitte den knockd-Client verwenden.",
    linkLocal: "Browser erreichen keine link-lokale Adresse. Bitte den knockd-Client verwenden.",
    notSecure: "Die Seite kam \xFCber http, wo Browser keine Schl\xFCssel haben. Bitte \xFCber https oder als Datei \xF6ffnen.",
    otherHost: "Diese Seite ist f\xFCr einen anderen Server gemacht und darf nur dort anklopfen.",
    clock: "Die Uhr dieses Ger\xE4ts geht {seconds} s falsch. Bis sie stimmt, klopft es vergebens.",
    failed: "Das ging nicht: {reason}"
  }
};
function wordsFor(languages) {
  const known = languages.map((language3) => language3.slice(0, 2).toLowerCase());
  const language2 = known.find((name) => Object.hasOwn(WORDS, name)) ?? "en";
  return {
    language: language2,
    words: WORDS[language2]
  };
}
function fill(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

// lib/page/view.js
var { language, words } = wordsFor(navigator.languages);
var part = (id) => document.getElementById(id);
function say(word, values = {}) {
  part("said").textContent = word === "" ? "" : fill(words[word], values);
}
function count(seconds) {
  part("left").textContent = seconds === 0 ? "" : `${seconds} s`;
}
function warn(word, values = {}) {
  part("warning").textContent = fill(words[word], values);
  part("warning").hidden = false;
}
function show(...ids) {
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !ids.includes(section.id);
  }
}
function describe({ host, door, then }) {
  part("host").textContent = host;
  part("name").textContent = door;
  part("go").hidden = true;
  if (then !== void 0) part("go").href = then;
  delete part("forget").dataset.sure;
  label("forget", "forget");
}
function list(doors, choose2) {
  for (const door of doors) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${door.door} \xB7 ${door.host}`;
    button.onclick = () => {
      for (const other of part("doors").children) {
        other.ariaPressed = `${other === button}`;
      }
      choose2(door);
    };
    part("doors").append(button);
  }
  part("doors").firstElementChild.click();
}
function label(id, word) {
  part(id).textContent = words[word];
}
function translate() {
  document.documentElement.lang = language;
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
}
function showTime() {
  const now = () => part("time").textContent = (/* @__PURE__ */ new Date()).toLocaleTimeString(language);
  now();
  setInterval(now, 1e3);
}

// lib/page/main.js
var OTHERS = ["doors", "paste"];
var current;
async function offer(text) {
  const found = readLink(text);
  if (typeof found === "string") {
    if (current === void 0) show("paste");
    return say(found);
  }
  current = await doorOf(found);
  part("line").value = "";
  say("");
  describe(current);
  show("door", "choice");
}
async function choose(kept) {
  try {
    if (kept || await keptOf(current)) await keep(current);
  } catch {
    return say("cannotKeep");
  }
  part("forget").hidden = !kept;
  show("door", "actions");
  await knockNow();
}
async function knockNow() {
  part("knock").disabled = true;
  for (const id of OTHERS) part(id).inert = true;
  try {
    const obstacle2 = await knock(current, sayWait);
    if (obstacle2 !== void 0) return say(obstacle2);
    say("done");
    goOn(current);
  } catch (error) {
    say("failed", { reason: error.message });
  } finally {
    for (const id of OTHERS) part(id).inert = false;
    part("knock").disabled = false;
    part("knock").focus();
  }
}
function sayWait(seconds, passedOver, isFirst) {
  count(seconds);
  if (seconds === 0) return say("knocking");
  if (isFirst) say(passedOver ? "passedOver" : "wait", { seconds });
}
function goOn({ then }) {
  if (then === void 0) return;
  part("go").hidden = false;
  location.href = then;
}
async function forget() {
  const { dataset } = part("forget");
  if (dataset.sure === void 0) {
    dataset.sure = "";
    return label("forget", "forgetSure");
  }
  await forgetDoor(current);
  location.reload();
}
function pick(door) {
  current = { ...door, kept: true };
  describe(current);
  part("forget").hidden = false;
}
async function showKept() {
  const doors = await keptDoors().catch(() => []);
  if (doors.length === 0) return show("paste");
  list(doors, pick);
  part("pasted").parentElement.open = false;
  show("door", "actions", "paste", ...doors.length > 1 ? ["doors"] : []);
}
async function start() {
  translate();
  showTime();
  const text = location.hash.slice(1);
  if (text !== "") history.replaceState(null, "", location.pathname + location.search);
  if (globalThis.crypto?.subtle === void 0) return warn("notSecure");
  part("read").onclick = () => offer(part("line").value);
  part("keep").onclick = () => choose(true);
  part("once").onclick = () => choose(false);
  part("knock").onclick = knockNow;
  part("forget").onclick = forget;
  install();
  checkClock((seconds) => warn("clock", { seconds }));
  await (text === "" ? showKept() : offer(text));
  document.body.dataset.ready = "";
}
addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
  if (effectiveDirective === "connect-src") warn("otherHost");
});
addEventListener("hashchange", () => location.reload());
start();
//! otpauth 9.5.2 | (c) Héctor Molinero Fernández | MIT | https://github.com/hectorm/otpauth
