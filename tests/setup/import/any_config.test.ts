import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { severityOf } from "../../../lib/config/finding_names.ts";
import type { FindingName } from "../../../lib/config/finding_names.ts";
import { adviceOn } from "../../../lib/config/judge/door_advice.ts";
import { partIgnored } from "../../../lib/config/ignored_advice.ts";
import { loadSource } from "../../../lib/config/load.ts";
import { RESERVED } from "../../../lib/config/names.ts";
import type { Door } from "../../../lib/core/door.ts";
import { tomlOf } from "../../../lib/setup/import/imported_config.ts";
import { inDirectory, lines } from "../../config/files.ts";

const RULE = "INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
const command = fc.oneof(
  fc.constantFrom(
    `iptables -A ${RULE}`,
    `iptables -D ${RULE}`,
    `/sbin/ip6tables -w -I ${RULE}`,
    "ufw allow 22",
    "sudo /root/open.sh %ip%",
    "sleep 90; echo “%IP%” &amp; $IP",
    `echo ''' """ \\ # ] [ = ' "`,
  ),
  fc.stringMatching(/^\S[ -~é\u202e\t]{0,30}\S$/),
);
const name = fc.oneof(
  fc.constantFrom("ssh", "a.b", "my door", "it's", '"q"', "ignore_advice", "42", "é"),
  fc.stringMatching(/^[ -Z^-~]{1,12}$/).map((text) => text.trim() || "x"),
).filter((text) => !RESERVED.has(text));
const port = fc.oneof(fc.constantFrom(22, 80, 443, 7000, 7001, 7002), fc.nat(65_534));
const ports = fc.array(
  fc.tuple(port, fc.constantFrom("", ":udp", ":tcp", ":UDP")),
  { minLength: 1, maxLength: 5 },
).map((all) => all.map(([number, protocol]) => `${number + 1}${protocol}`).join(","));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const section = fc.record({
  name,
  Sequence: ports,
  Seq_Timeout: optional(fc.integer({ min: 1, max: 999 })),
  TCPFlags: optional(fc.constantFrom("syn", "syn,ack", "fin,!ack", "syn,!ack")),
  Start_Command: optional(command),
  Start_Command_6: optional(fc.oneof(command, fc.constant(""))),
  Stop_Command: optional(command),
  Stop_Command_6: optional(command),
  Open: optional(fc.constantFrom("22", "80, 5353:udp", "8000-8010")),
  Cmd_Timeout: optional(fc.nat(999)),
  Seq_Cooldown: optional(fc.nat(99)),
  Max_Open: optional(fc.integer({ min: 1, max: 9 })),
  Tolerance: optional(fc.integer({ min: -1, max: 9 })),
  Target: optional(fc.constantFrom("192.0.2.7", "2001:db8::1")),
}).map(({ name, ...directives }) =>
  [
    `[${name}]`,
    ...Object.entries(directives).filter(([, value]) => value !== undefined)
      .map(([key, value]) => `\t${key} = ${value}`),
  ].join("\n")
);

/** What a knock.toml has no words for, or that means nothing where it is not written. */
function asFarAsWritten({ again, failedStart: _, ...door }: Door) {
  const { stop, kernel, cmdTimeout, ...rest } = door;
  return {
    ...rest,
    ...stop && { stop, again },
    ...kernel && { kernel },
    ...(stop ?? kernel) && { cmdTimeout },
  };
}

Deno.test("whatever knockd.conf is imported, its doors are the same, and check says what is unsafe", () =>
  inDirectory((directory) =>
    fc.assert(
      fc.asyncProperty(fc.array(section, { minLength: 1, maxLength: 4 }), async (all) => {
        const about = { mode: 0o600, owner: Deno.uid()! };
        const classic = await loadSource({
          ...about,
          path: `${directory}/knockd.conf`,
          text: all.join("\n"),
        });
        fc.pre(classic.config !== undefined);
        const text = tomlOf(classic.config!, classic.problems);
        const path = `${directory}/knock.toml`;
        const { config, problems } = await loadSource({ ...about, path, text });
        ok(config, `${text}\n${lines({ problems, ignored: [] }).join("\n")}`);
        // JavaScript's tables have names that are whole numbers first.
        const sorted = (doors: readonly Door[]) =>
          doors.map(asFarAsWritten).toSorted((a, b) => a.name < b.name ? -1 : 1);
        deepEqual(sorted(config.doors), sorted(classic.config!.doors));
        const { said } = partIgnored(adviceOn(config.doors), config.ignoredAdvice);
        const unwise = [...problems, ...said].filter(({ name }) =>
          name === undefined || severityOf(name as FindingName) === "unwise"
        );
        deepEqual(unwise, [], text);
      }),
      { numRuns: 300 },
    )
  ));
