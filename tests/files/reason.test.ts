import assert from "node:assert/strict";
import { explained, hintFor, reason } from "../../lib/files/reason.ts";
import { Failure } from "../../lib/core/failure.ts";
import { inDirectory } from "../config/files.ts";

const DENIED = Object.assign(
  new Deno.errors.PermissionDenied("Permission denied (os error 13): open '/a'"),
  { code: "EACCES" },
);

Deno.test("whoever may not read a file is told who may", () => {
  const hint = (user: number) => hintFor(DENIED, undefined, undefined, user);
  assert.equal(hint(1000), "run this as root, or as the owner of the file");
  assert.match(hint(0) ?? "", /^chown root, where this root lacks CAP_DAC_OVERRIDE/);
  assert.equal(hintFor(new Deno.errors.NotFound("No such file")), undefined);
  const refused = () =>
    explained("/a", () => {
      throw DENIED;
    });
  assert.throws(
    refused,
    (error) =>
      error instanceof Failure && error.message === "/a: Permission denied" &&
      error.hint === hintFor(DENIED),
  );
});

Deno.test("what nobody may change, what is mounted and a full disk are told with a way out", () => {
  const hint = (type: new (message: string) => Error, code: string, user: number) =>
    hintFor(Object.assign(new type(""), { code }), undefined, undefined, user);
  const { Busy, PermissionDenied } = Deno.errors;
  assert.match(hint(PermissionDenied, "EPERM", 0) ?? "", /^chattr -i/);
  assert.match(hint(PermissionDenied, "EPERM", 1000) ?? "", /^run this as root/);
  assert.match(hint(Busy, "EBUSY", 0) ?? "", /mount the directory/);
  assert.equal(hint(Error, "ENOSPC", 0), "free some space");
});

Deno.test("a socket's path that is too long is told how long it may be", () => {
  const path = `/run/${"x".repeat(103)}`;
  const listen = () => Deno.listen({ transport: "unix", path });
  assert.throws(
    listen,
    (error) => reason(error) === "the path of a socket has 107 bytes at most",
  );
});

Deno.test("what the system refuses is a failure, also where Deno has no code for it", () =>
  inDirectory((dir) => {
    const path = `${dir}/socket`;
    using _listener = Deno.listen({ transport: "unix", path });
    // No such device or address; it is the same of a quota that is used up.
    const refused = () => explained(path, () => Deno.readTextFileSync(path));
    assert.throws(
      refused,
      (error) =>
        error instanceof Failure && !("code" in (error.cause as Error)) &&
        error.message === `${path}: No such device or address`,
    );
  }));
