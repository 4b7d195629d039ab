import assert from "node:assert/strict";
import { unreadableConfig } from "../../lib/config/missing_config.ts";

Deno.test("whoever names what is no file is told what was meant", () => {
  const rows: [string, RegExp][] = [
    ["/etc/knockd/knock.toml", /^knockd init makes a first one/],
    ["https://example.org/knock.toml", /an address, .* curl -fLO 'https:\/\/example/],
    ["file:///etc/knockd.conf", /without file:\/\//],
    ["otpauth://totp/ssh:alice?secret=A", /^a client's line is for knockd profile add$/],
    ["~/knock.toml", /leaves ~ as it is/],
    ["~alice/knock.toml", /leaves ~ as it is/],
    ["\u201cknock.toml\u201d", /quotes are part of the name/],
    ["~", /knockd init/],
  ];
  const problem = { severity: "error", line: 0, column: 0 } as const;
  const message = "the file can't be read: No such file or directory";
  for (const [file, hint] of rows) {
    assert.match(
      unreadableConfig({ ...problem, file, message }, () => false).hint!,
      hint,
    );
  }
  const other = { ...problem, file: "a", message: "this is a directory, not a file" };
  assert.equal(unreadableConfig(other), other);
});

Deno.test("whoever names no config and has knockd 0.8's is told how to name it", () => {
  const problem = { severity: "error", line: 0, column: 0 } as const;
  const message = "the file can't be read: No such file or directory";
  const hint = (file: string) =>
    unreadableConfig({ ...problem, file, message }, () => true).hint;
  assert.equal(
    hint("/etc/knockd/knock.toml"),
    "/etc/knockd.conf is there: --config /etc/knockd.conf",
  );
  assert.match(hint("/etc/knock.toml")!, /^knockd init/);
});
