import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import { addressFromBytes, parseAddress } from "../../lib/core/address.ts";
import {
  type CommandValues,
  expandCommand,
  isShellSafe,
  knockEnvironment,
  placeholdersOf,
} from "../../lib/core/template.ts";

const values: CommandValues = {
  ip: parseAddress("10.0.0.7")!,
  door: "ssh",
  client: "alice",
  port: 9000,
};

Deno.test("a string command runs by the shell, an array without", () => {
  deepEqual(expandCommand("a -s %IP% | b", values), [
    "/bin/sh",
    "-c",
    "a -s 10.0.0.7 | b",
  ]);
  deepEqual(expandCommand(["nft", "{ %IP% }"], values), ["nft", "{ 10.0.0.7 }"]);
});

Deno.test("placeholders are replaced, all else stays", () => {
  const rows: [string, string, string][] = [
    ["%IP% %DOOR% %CLIENT% %PORT%", "10.0.0.7 ssh alice 9000", "each of the four"],
    ["%IP%%IP%", "10.0.0.710.0.0.7", "side by side"],
    ["%IP%IP%", "10.0.0.7IP%", "a percent sign belongs to one placeholder"],
    ["date +%F%H %d", "date +%F%H %d", "what date(1) wants stays"],
    ["%FOO% %% %", "%FOO% %% %", "unknown ones stay, as in knockd"],
    ["%ip% %Ip%", "%ip% %Ip%", "knockd knows upper case alone"],
    ["%F%IP%", "%F10.0.0.7", "after another percent sign"],
  ];
  for (const [text, expected, why] of rows) {
    deepEqual(expandCommand([text], values), [expected], why);
  }
});

Deno.test("a value that holds a placeholder is not expanded again", () => {
  deepEqual(expandCommand(["%DOOR%"], { ...values, door: "%IP%" }), ["%IP%"]);
});

Deno.test("without a client its placeholder is empty", () => {
  const { client: _, ...nobody } = values;
  deepEqual(expandCommand("x '%CLIENT%'", nobody), ["/bin/sh", "-c", "x ''"]);
  equal(knockEnvironment(nobody)["KNOCK_CLIENT"], "");
});

Deno.test("a name with shell syntax never gets into a shell command", () => {
  for (const door of ["a b", "$(id)", "a;b", "`id`", "a'b", "é", "a\nb", "a/b"]) {
    const refused = { ...values, door };
    match(`${expandCommand("echo %DOOR%", refused)}`, /^%DOOR% can't go into a shell/);
    deepEqual(expandCommand("echo", refused), ["/bin/sh", "-c", "echo"], "unless unused");
    deepEqual(
      expandCommand(["echo", "%DOOR%"], refused),
      ["echo", door],
      "no shell there",
    );
  }
});

Deno.test("whatever the values, a shell command keeps its own syntax alone", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(
      bytes,
      fc.string(),
      fc.string(),
      fc.nat(65535),
      (ip, door, client, port) => {
        const argv = expandCommand("<%IP%|%DOOR%|%CLIENT%|%PORT%>", {
          ip: addressFromBytes(ip),
          door,
          client,
          port,
        });
        const safe = isShellSafe(door) && isShellSafe(client);
        equal(typeof argv === "string", !safe);
        if (typeof argv === "string") return;
        match(argv[2] ?? "", /^<[\w.:@-]*\|[\w.:@-]*\|[\w.:@-]*\|[\w.:@-]*>$/);
      },
    ),
  );
});

Deno.test("the environment carries the same values", () => {
  deepEqual(knockEnvironment({ ...values, ip: parseAddress("2001:db8::1")! }), {
    KNOCK_IP: "2001:db8::1",
    KNOCK_DOOR: "ssh",
    KNOCK_CLIENT: "alice",
    KNOCK_PORT: "9000",
  });
});

Deno.test("the placeholders of a command are known", () => {
  deepEqual(placeholdersOf("%IP% %IP% %X% %PORT%"), new Set(["IP", "PORT"]));
  deepEqual(placeholdersOf(["a", "%CLIENT%"]), new Set(["CLIENT"]));
});
