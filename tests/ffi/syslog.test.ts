import assert from "node:assert/strict";
import { openSystemLog, Priority } from "../../ffi/syslog.ts";
import { Datagrams } from "./datagrams.ts";

/** A path for the log's daemon, in a directory of its own. */
class Path implements Disposable {
  readonly #directory = Deno.makeTempDirSync({ prefix: "knockd-syslog-" });
  readonly log = `${this.#directory}/log`;

  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

Deno.test("a line reaches the system's log with priority, time and name, whatever is in it", async () => {
  using path = new Path();
  using daemon = new Datagrams(path.log);
  using log = openSystemLog("knockd", path.log);
  assert.equal(log.write(Priority.warning, "100% %s%n"), true);
  assert.match(
    await daemon.next(),
    /^<28>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d knockd: 100% %s%n$/,
  );
});

Deno.test("a log's daemon that stands still is waited for by nobody", async () => {
  using path = new Path();
  using daemon = new Datagrams(path.log);
  using log = openSystemLog("knockd", path.log);
  let taken = 0;
  while (log.write(Priority.notice, `line ${taken}`)) assert.ok(++taken < 100_000);
  for (let n = 0; n < taken; n++) {
    assert.ok((await daemon.next()).endsWith(` line ${n}`));
  }
  assert.equal(log.write(Priority.notice, "later"), true);
});

Deno.test("a log's daemon that is started anew has the next line", async () => {
  using path = new Path();
  using log = openSystemLog("knockd", path.log);
  assert.equal(log.write(Priority.notice, "nobody is there"), true);
  {
    using daemon = new Datagrams(path.log);
    assert.equal(log.write(Priority.notice, "before"), true);
    assert.match(await daemon.next(), /: before$/);
  }
  assert.equal(log.write(Priority.notice, "nobody is there"), true);
  Deno.removeSync(path.log);
  using daemon = new Datagrams(path.log);
  assert.equal(log.write(Priority.notice, "after"), true);
  assert.match(await daemon.next(), /: after$/);
});
