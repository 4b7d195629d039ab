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

/** Does something where a PATH that is somebody else's leads to nothing. */
function withoutPrograms(act: () => void): void {
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nowhere");
  try {
    act();
  } finally {
    Deno.env.set("PATH", path);
  }
}

Deno.test({
  name: "what root's client writes in somebody's directory is theirs",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inDirectory((home) => {
      Deno.chownSync(home, 12345, 23456);
      const dir = `${home}/.config/knockd`;
      withoutPrograms(() => spendCounter(dir, addProfile(dir, anEnrolment()), 1));
      for (const name of ["", "/..", "/lock", "/profiles.toml", "/counters.toml"]) {
        const { uid, gid, mode } = Deno.statSync(`${dir}${name}`);
        assert.deepEqual([uid, gid, mode! & 0o077], [12345, 23456, 0], name);
      }
    }),
});
