import assert from "node:assert/strict";
import { spendCounter } from "../../lib/client/counters.ts";
import { addProfile } from "../../lib/client/profiles.ts";
import { readPrivate, whileDirectoryLocked } from "../../lib/files/private_file.ts";
import { inDirectory } from "../config/files.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";

const pipeAt = (path: string) =>
  assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);

Deno.test("a pipe in the place of the client's lock or of a file is refused, not waited for", () =>
  inDirectory((dir) => {
    pipeAt(`${dir}/lock`);
    pipeAt(`${dir}/counters.toml`);
    const isNoFile = (path: string) => ({
      name: "Failure",
      message: `${path} is not a file`,
      hint: "move it away",
    });
    const lock = isNoFile(`${dir}/lock`);
    assert.throws(() => whileDirectoryLocked(dir, assert.fail), lock);
    const counters = isNoFile(`${dir}/counters.toml`);
    assert.throws(() => readPrivate(`${dir}/counters.toml`), counters);
  }));

Deno.test({
  name: "what root's client writes in somebody's directory is theirs",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inDirectory((dir) => {
      Deno.chownSync(dir, 12345, 23456);
      spendCounter(dir, addProfile(dir, anEnrolment()), 1);
      for (const name of ["lock", "profiles.toml", "counters.toml"]) {
        const { uid, gid, mode } = Deno.statSync(`${dir}/${name}`);
        assert.deepEqual([uid, gid, mode! & 0o777], [12345, 23456, 0o600], name);
      }
    }),
});
