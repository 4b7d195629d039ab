import assert from "node:assert/strict";
import { blockedAt, letIn } from "../../lib/files/access.ts";
import { hintFor } from "../../lib/files/reason.ts";
import type { Owned } from "../../lib/files/trust.ts";
import { inDirectory } from "../config/files.ts";

const SERVICE = { uid: 993, groups: [990, 4], groupName: "knockd" };
const DIRECTORY = { mode: 0o755, uid: 0, gid: 0 };

/** What to do so that the service reads /etc/knockd/a, where these are not as usual. */
function advice(files: Readonly<Record<string, Partial<Owned>>>): string | undefined {
  const stat = (path: string) => ({ ...DIRECTORY, ...files[path] });
  return letIn(blockedAt("/etc/knockd/a", SERVICE, stat), SERVICE);
}

const file = (mode: number, uid = 0, gid = 0) => ({
  "/etc/knockd/a": { mode, uid, gid },
});
const letGroup = "as root: chgrp knockd /etc/knockd/a && chmod 640 /etc/knockd/a";

Deno.test("a file lets a user in by the first class that fits", () => {
  for (const open of [file(0o644), file(0o640, 0, 990), file(0o040, 0, 4)]) {
    assert.equal(advice(open), undefined);
  }
  for (const shut of [file(0o600), file(0o640), file(0o604, 0, 990)]) {
    assert.equal(advice(shut), letGroup);
  }
  assert.equal(advice(file(0o400, 993)), undefined);
  assert.equal(advice(file(0o244, 993)), "chmod u+r /etc/knockd/a");
});

Deno.test("a directory on the way lets nobody through who may not enter it", () => {
  const shut = { "/etc/knockd": { mode: 0o700 }, ...file(0o600) };
  const expected = "as root: chgrp knockd /etc/knockd && chmod g+x /etc/knockd";
  assert.equal(advice(shut), expected);
  assert.equal(advice({ "/etc/knockd": { mode: 0o711 } }), undefined);
  assert.equal(advice({ "/etc/knockd": { mode: 0o710, gid: 990 } }), undefined);
});

Deno.test("a service that may not read a file is not told to be root", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o755);
    const path = `${directory}/knock.toml`;
    await Deno.writeTextFile(path, "", { mode: 0o600 });
    // Nobody has that number, and those of the service's files don't matter here.
    const service = { uid: 4_000_001, groups: [4_000_001], groupName: "knockd" };
    const denied = new Deno.errors.PermissionDenied("Permission denied");
    const letIn = `as root: chgrp knockd ${path} && chmod 640 ${path}`;
    assert.equal(hintFor(denied, path, service, 995), letIn);
    await Deno.chmod(directory, 0o700);
    assert.match(hintFor(denied, path, service, 995)!, /chmod g\+x/);
    assert.match(hintFor(denied, path, undefined, 995)!, /run this as root/);
    assert.match(hintFor(denied, undefined, service, 995)!, /run this as root/);
  }));
