import assert from "node:assert/strict";
import type { Door } from "../../../lib/core/door.ts";
import { Failure } from "../../../lib/core/failure.ts";
import type { Matcher } from "../../../lib/core/matcher/matcher.ts";
import type { LiveSequence } from "../../../lib/core/matcher/live_sequence.ts";
import { sequencesOnDisk } from "../../../lib/files/sequence_file.ts";
import { ListedSequences } from "../../../lib/server/knocks/listed_sequences.ts";
import type { Report } from "../../../lib/server/log/report.ts";
import {
  type Trouble,
  troubleWords,
  type Warning,
} from "../../../lib/server/log/trouble.ts";
import { door } from "../../core/doors.ts";
import { FakeSystem } from "../fake_system.ts";
import { failing, systemError } from "../machine_faults.ts";

type Sequences = (previous?: ListedSequences) => ListedSequences;

/** Sequences of one door with a file, and what was said of them. */
async function withFile(
  test: (path: string, sequences: Sequences, world: World) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/list`;
  await Deno.writeTextFile(path, "7000,8000\n7001,8001\n");
  const world = new World();
  try {
    await test(path, (previous) => world.sequences(path, previous), world);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

class World {
  readonly system = new FakeSystem();
  readonly live: LiveSequence[] = [];
  readonly said: string[] = [];

  sequences(path: string, previous?: ListedSequences): ListedSequences {
    const listed: Door = { ...door("ssh", "7000"), key: { kind: "file", path } };
    const say = (what: Trouble | Warning) =>
      void this.said.push(troubleWords(what).replaceAll(path, "FILE"));
    const matcher = {
      add: (sequence: LiveSequence) => void this.live.push(sequence),
      remove: (sequence: LiveSequence) =>
        void this.live.splice(this.live.indexOf(sequence), 1),
    } as Partial<Matcher> as Matcher;
    const report = { trouble: say, warning: say } as Partial<Report> as Report;
    return new ListedSequences([listed], {
      matcher,
      report,
      system: this.system,
      files: sequencesOnDisk,
    }, previous);
  }
}

Deno.test("door whose file of sequences is missing opens as soon as it is there", () =>
  withFile(async (path, sequences, { system, live, said }) => {
    await Deno.rename(path, `${path}.away`);
    sequences();
    await system.advance(30_000);
    assert.deepEqual([live.length, said.length], [0, 1]);
    assert.match(said[0]!, /^ssh: FILE: .*; the door stays shut until it can be$/);
    await Deno.rename(`${path}.away`, path);
    await system.advance(10_000);
    assert.deepEqual([live.length, said[1]], [1, "ssh: FILE is in order again"]);
    assert.equal(system.timers, 0);
  }));

Deno.test("door whose file can't be written says what lets it", () =>
  withFile((_, sequences, { said }) => {
    using _disk = failing(Deno, "openSync", () => systemError("EROFS"));
    sequences();
    assert.match(
      said[0]!,
      /marked: .* \((mount it for|systemctl edit).*\); the door stays shut/,
    );
    return Promise.resolve();
  }));

Deno.test("door whose next sequence can't be read when one is used is tried again", () =>
  withFile(async (path, sequences, { system, live, said }) => {
    const open = sequences();
    const [first] = live;
    const { openSync } = Deno;
    let opened = 0;
    // The first one marks the used sequence; from then on no descriptor is left.
    Deno.openSync = (...rest) => {
      if (opened++ > 0) throw Object.assign(new Error("none left"), { code: "EMFILE" });
      return openSync(...rest);
    };
    try {
      open.use(first!);
    } finally {
      Deno.openSync = openSync;
    }
    assert.match(await Deno.readTextFile(path), /^#000,8000\n7001/);
    assert.deepEqual([live.length, said.length], [0, 1]);
    await system.advance(10_000);
    assert.deepEqual(live.map(({ knocks }) => knocks[0]!.port), [7001]);
    open.close();
    assert.equal(system.timers, 0);
  }));

Deno.test("a sequence that was used and can't be marked is worth nothing when it can be", () =>
  withFile(async (path, sequences, { system, live }) => {
    const open = sequences();
    const [first] = live;
    await Deno.rename(path, `${path}.away`);
    assert.throws(() => open.use(first!), Failure);
    assert.equal(live.length, 0);
    open.close();
    await Deno.rename(`${path}.away`, path);
    const again = sequences(open);
    assert.deepEqual(live.map(({ knocks }) => knocks[0]!.port), [7001]);
    assert.match(await Deno.readTextFile(path), /^#000,8000\n7001/);
    again.close();
    assert.equal(system.timers, 0);
  }));

Deno.test("whoever closes them waits for no file any more", () =>
  withFile(async (path, sequences, { system, live }) => {
    await Deno.remove(path);
    sequences().close();
    assert.equal(system.timers, 0);
    assert.deepEqual(live, []);
  }));
