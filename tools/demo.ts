/** `deno task demo`: a closed port, a knock, and who gets in; on hosts made for it. */

import { MAIN, networkObstacle } from "../tests/lab/net.ts";
import { run } from "../tests/lab/process.ts";
import { draw } from "./demo/picture.ts";
import { type Line, play } from "./demo/story.ts";
import { provision } from "./provision.ts";

class Interrupted extends Error {}

/** Rejects when the user, or the system, wants an end; the cleaning up is to come. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Interrupted("interrupted"));
    Deno.addSignalListener("SIGINT", stop);
    Deno.addSignalListener("SIGTERM", stop);
  });
}

function print({ who, kind, text }: Line): void {
  const prompt = kind !== "command" ? "  " : who === "server" ? "# " : "$ ";
  console.log(`${who.padEnd(8)}${prompt}${text}`.trimEnd());
}

async function demo(picture: string | undefined): Promise<void> {
  if (Deno.build.os !== "linux") throw new Error("needs Linux, for network namespaces");
  if (Deno.uid() !== 0) {
    throw new Error(
      "needs root, to make hosts in network namespaces; run\n\n" +
        "    sudo npx -y deno@2.9.6 task demo\n",
    );
  }
  await provision("demo");
  const obstacle = await networkObstacle();
  if (obstacle !== undefined) throw new Error(obstacle);
  // The hosts reach nothing but one another, so packages come before.
  await run([Deno.execPath(), "cache", "--quiet", MAIN], { timeout: 300_000 });

  const interrupted = interruption();
  interrupted.catch(() => {}); // It may come before anything waits for it.
  const lines: Line[] = [];
  const tell = (line: Line) => {
    lines.push(line);
    print(line);
  };
  await Promise.race([play(tell), interrupted]);
  if (picture !== undefined) await Deno.writeTextFile(picture, draw(lines));
}

try {
  const [option, file] = Deno.args;
  if (option !== undefined && (option !== "--picture" || file === undefined)) {
    throw new Error("usage: deno task demo [--picture FILE.svg]");
  }
  await demo(file);
  Deno.exit(0);
} catch (error) {
  console.error(`demo: error: ${(error as Error).message}`);
  Deno.exit(error instanceof Interrupted ? 130 : 1);
}
