import assert from "node:assert/strict";
import { isSlow, live, SLOW, WHILE_A_COMMAND_RUNS } from "./leases_program.ts";
import { memoryDirectory } from "../state_directory.ts";

const PROGRAM = new URL("./leases_program.ts", import.meta.url).pathname;

async function liveAndDie(directory: string, killAt: string): Promise<void> {
  const { signal, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", PROGRAM, directory, killAt],
    stdin: "null",
  }).output();
  assert.equal(signal, "SIGKILL", new TextDecoder().decode(stderr));
}

/** What the commands did, in their order. */
function firewall(directory: string): string[] {
  try {
    const text = Deno.readTextFileSync(`${directory}/firewall`);
    return text.split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/**
 * A lease that lives on commits at these; the first one spends the counter with it. The
 * others note that it is open, that it is being closed, and its end.
 */
const COMMITS = ["spend and begin", "note", "note 2", "note 3"];
const POINTS = [
  ...COMMITS.flatMap((commit) => [`before ${commit}`, `after ${commit}`]),
  ...WHILE_A_COMMAND_RUNS,
];

for (const point of POINTS) {
  Deno.test(`daemon killed at "${point}" closes after its restart, its counter spent once`, async () => {
    const directory = await memoryDirectory();
    try {
      await liveAndDie(directory, point);
      const log = await live(directory);
      const again = await live(directory);
      // What the killed one had started may still have its effect.
      if (isSlow(point)) await new Promise((resolve) => setTimeout(resolve, SLOW * 1000));
      const done = firewall(directory);
      assert.equal(done.at(-1), "close", `${done}\n${log}`);
      const spent = log.match(/refused \(alice\): .* used already/g)?.length;
      // The counter is good for the second run only if the first never got to spend it.
      assert.equal(spent, point === "before spend and begin" ? 1 : 2, log);
      assert.equal(again.match(/used already/g)?.length, 2, again);
      let open = 0;
      for (const word of done) {
        open = word === "open" ? open + 1 : Math.max(0, open - 1);
        assert.ok(open <= 1, `opened twice: ${done}`);
      }
      assert.equal(open, 0, `${done}`);
      assert.ok(!/STILL OPEN|LEFT OPEN/.test(log), log);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
