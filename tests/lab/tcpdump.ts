/** Debian's tcpdump on savefiles in memory: another's opinion of a packet. */

/** What tcpdump wrote. */
export interface Dump {
  code: number;
  stdout: Uint8Array<ArrayBuffer>;
  stderr: string;
}

/** Runs tcpdump; `-r -` reads `input`. A missing tcpdump fails the test, with the cure. */
export async function tcpdump(
  args: readonly string[],
  input: Uint8Array<ArrayBuffer> = new Uint8Array(0),
): Promise<Dump> {
  const child = spawn(args);
  const feed = async () => {
    const writer = child.stdin.getWriter();
    await writer.write(input);
    await writer.close();
  };
  // A tcpdump that refuses its arguments reads nothing; what it says is in stderr.
  const [output] = await Promise.all([child.output(), feed().catch(() => {})]);
  const { code, stdout } = output;
  return { code, stdout, stderr: new TextDecoder().decode(output.stderr) };
}

function spawn(args: readonly string[]): Deno.ChildProcess {
  const options = { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" };
  try {
    return new Deno.Command("tcpdump", options as Deno.CommandOptions).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("tcpdump is missing; apt-get install tcpdump", { cause: error });
  }
}
