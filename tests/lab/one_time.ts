/** Rotating doors with known secrets, and people with profiles of their own. */
import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import type { OtpSettings } from "../../lib/core/door.ts";
import { formatUri, parseUri } from "../../lib/core/one_time/otpauth_uri.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../lib/core/one_time/derive.ts";
import { packetKey, packetPayload } from "../../lib/core/one_time/packet.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { Secret } from "../../lib/core/secret.ts";
import { OTP } from "../core/doors.ts";
import { recordingDoor, type Scratch } from "./daemon.ts";
import { type Host, type Process, type Result, waitFor } from "./net.ts";
import type { RunOptions, SpawnOptions } from "./process.ts";

/** Somebody who may open a door. */
export interface Member {
  readonly name: string;
}

export const alice: Member = { name: "alice" };
export const bob: Member = { name: "bob" };

/** A rotating door that writes its name, the member and the address when it opens. */
export class RotatingDoor {
  /** Its part of a knock.toml. */
  readonly text: string;
  readonly #name: string;
  readonly #otp: OtpSettings;
  readonly #secrets = new Map<string, Secret>();

  constructor(
    scratch: Scratch,
    name: string,
    members: readonly Member[],
    settings: Partial<OtpSettings> = {},
    commands = [`command = 'echo "${name} %CLIENT% %IP%" >> ${scratch.path("opened")}'`],
  ) {
    this.#name = name;
    this.#otp = { ...OTP, ...settings };
    for (const member of members) {
      this.#secrets.set(member.name, scratch.ports.secret(name, member.name, this.#otp));
    }
    this.text = [
      `[doors.${name}]`,
      ...commands,
      ...otpLines(name, this.#otp),
      ...members.flatMap((each) => [
        `[doors.${name}.clients.${each.name}]`,
        `secret = "${formatSecret(this.secret(each))}"`,
      ]),
      "",
    ].join("\n");
  }

  /** What it shares with a member. */
  secret({ name }: Member): Secret {
    return this.#secrets.get(name)!;
  }

  /** The present time step. */
  get step(): number {
    return counterAt(Date.now() / 1000, this.#otp.period);
  }

  /** The present time step, once so much of it is left that it lasts for a knock. */
  async freshStep(): Promise<number> {
    const left = () => this.#otp.period - Date.now() / 1000 % this.#otp.period;
    await waitFor(() => left() > this.#otp.period / 3, 1000 * this.#otp.period);
    return this.step;
  }

  /** The ports of a counter, as Debian's knock takes them. */
  ports(member: Member, counter: number, source?: string): string[] {
    const secret = this.secret(member);
    const plain = derivationKey(secret, this.#name);
    const address = source === undefined ? undefined : parseAddress(source);
    const key = address && derivationKey(secret, this.#name, address);
    return deriveSequence(this.#otp, counter, plain, key).map(formatKnock);
  }

  /** The payload of a counter's single packet. */
  packet(member: Member, counter: number, source?: string): Uint8Array {
    const address = source === undefined ? undefined : parseAddress(source);
    return packetPayload(packetKey(this.secret(member), this.#name), counter, address);
  }

  /** What `knockd enroll` would print. */
  uri(member: Member, host: string): string {
    const { name } = member;
    const secret = this.secret(member);
    const door = { door: this.#name, label: this.#name };
    return formatUri({ host, ...door, client: name, otp: this.#otp, counter: 0, secret });
  }
}

/** Whether an enrolment's ports are none of another's in this test; else it is made anew. */
export function takesPorts({ ports }: Scratch, uri: string): boolean {
  const enrolment = parseUri(uri.trim());
  assert.ok(typeof enrolment !== "string", `${enrolment}`);
  const { secret, label, otp } = enrolment;
  return ports.take(secret, label, { ...OTP, ...otp });
}

function otpLines(name: string, otp: OtpSettings): string[] {
  const moving = otp.mode === "totp"
    ? [`period = ${otp.period}`, `window = ${otp.window}`]
    : [`look_ahead = ${otp.lookAhead}`];
  return [
    `[doors.${name}.otp]`,
    `length = ${otp.length}`,
    `ports = "${otp.lo}-${otp.hi}"`,
    `protocol = "${otp.protocol}"`,
    `mode = "${otp.mode}"`,
    ...moving,
    `bind_source = ${otp.bindSource}`,
    ...(otp.packet === undefined ? [] : [`packet = ${otp.packet}`]),
  ];
}

/** A user of knockd on a host, with profiles of their own. */
export class User implements AsyncDisposable {
  /** Their XDG_CONFIG_HOME. */
  readonly home: string;
  readonly #program: readonly string[];
  readonly #host: Host;

  private constructor(program: readonly string[], host: Host, home: string) {
    this.#program = program;
    this.#host = host;
    this.home = home;
  }

  /** A user who has added these URIs. */
  static async create(
    program: readonly string[],
    host: Host,
    ...uris: readonly string[]
  ): Promise<User> {
    const home = await Deno.makeTempDir({ prefix: "knockd-user-" });
    const user = new User(program, host, home);
    for (const stdin of uris) await user.knockd(["profile", "add"], { stdin });
    return user;
  }

  /** Runs knockd to its end. */
  knockd(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.spawn(args, options).finish(options);
  }

  /** Starts knockd. */
  spawn(args: readonly string[], options: SpawnOptions = {}): Process {
    const env = { ...options.env, XDG_CONFIG_HOME: this.home };
    return this.#host.spawn([...this.#program, ...args], { ...options, env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.home, { recursive: true });
  }
}

/** Until it is the daemon's only command: those that were started before may be slower. */
const ALONE = "for i in $(seq 500); do " +
  "[ $(cat /proc/$PPID/task/*/children 2>/dev/null | wc -w) -gt 1 ] || break; " +
  "sleep 0.01; done";

/** A classic door that tells when all that was sent before has been seen, and has run. */
export class Bell {
  /** Its part of a knock.toml. */
  readonly text: string;
  readonly #scratch: Scratch;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
    const door = recordingDoor(scratch, "bell", "7771,7772,7773");
    this.text = door.replace("echo", () => `${ALONE}; echo`);
  }

  /** Knocks from a host until the daemon has seen it; gives what else has opened. */
  async ring(from: Host, address: string): Promise<string[]> {
    const rung = (lines: readonly string[]) =>
      lines.filter((line) => isBell(line)).length;
    const before = rung(await this.#scratch.lines("opened"));
    await from.run(["/usr/bin/knock", address, "7771", "7772", "7773"]);
    let lines: string[] = [];
    await waitFor(async () => {
      lines = await this.#scratch.lines("opened");
      return rung(lines) > before;
    });
    return lines.filter((line) => !isBell(line));
  }
}

function isBell(line: string): boolean {
  return line.startsWith("bell ");
}
