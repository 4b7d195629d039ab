/** The steps of a test run: each a `deno` of its own, its output shown, its result counted. */

/** The checkout. */
export const root = new URL("../..", import.meta.url).pathname;

/** How much of a failure is said once more at the end. */
const MOST_LINES = 30;

/** Steps that were taken, and what came of them. */
export class Steps implements AsyncDisposable {
  #passed = 0;
  #failed = 0;
  /** Names of tests that were not run; the names say why. */
  readonly #skipped: string[] = [];
  /** What failed and why, for the end: it may be far up by then. */
  readonly #failures: string[] = [];
  readonly #scratch: string;

  private constructor(scratch: string) {
    this.#scratch = scratch;
  }

  /** No step as yet. */
  static async create(): Promise<Steps> {
    return new Steps(await Deno.makeTempDir({ prefix: "knockd-test-" }));
  }

  /** A directory for what the steps leave. */
  get scratch(): string {
    return this.#scratch;
  }

  /** Takes a step that is right or wrong as a whole; whether it was right. */
  async check(...args: string[]): Promise<boolean> {
    const right = await run(args) === 0;
    if (!right) this.fail(`deno ${args.join(" ")}`);
    return right;
  }

  /** Runs tests and counts what their report says. */
  async test(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
    await this.#test(args, (args) => run(args, env));
  }

  /**
   * Runs twice as many of these as there are cores at once, for half of the time they wait;
   * each one's output comes whole.
   */
  async testAtOnce(runs: readonly (readonly string[])[]): Promise<void> {
    const left = [...runs];
    const worker = async () => {
      for (let args; (args = left.shift());) await this.#test(args, runUnseen);
    };
    const workers = 2 * navigator.hardwareConcurrency;
    await Promise.all(Array.from({ length: workers }, worker));
  }

  async #test(
    [verb = "", ...args]: readonly string[],
    run: (args: readonly string[]) => Promise<number>,
  ): Promise<void> {
    const report = `${this.#scratch}/${crypto.randomUUID()}.xml`;
    const code = await run([verb, `--junit-path=${report}`, ...args]);
    const found = readReport(await Deno.readTextFile(report).catch(() => ""));
    this.#passed += found.passed;
    this.#skipped.push(...found.skipped);
    found.failed.forEach(({ name, why }) => this.fail(name, why));
    // An error outside of any test is in the exit code alone.
    if (code !== 0 && found.failed.length === 0) {
      this.fail(`deno ${verb} ${args.join(" ")}`);
    }
  }

  /** Counts a failure. */
  fail(what: string, why = ""): void {
    this.#failed += 1;
    this.#failures.push(`failed: ${what}`, ...indented(why));
  }

  /** Says in the last line what came of it; the exit code. */
  finish(): number {
    if (this.#passed === 0 && this.#failed === 0) this.fail("there was no test");
    console.log("");
    for (const name of this.#skipped) console.log(`skipped: ${name}`);
    for (const line of this.#failures) console.log(line);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed > 0 ? 1 : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#scratch, { recursive: true });
  }
}

/** Runs one step with its output shown; gives its exit code. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  console.log(`\n== deno ${args.join(" ")}`);
  const start = performance.now();
  const deno = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env,
    stdin: "null",
  });
  const { code } = await deno.spawn().status;
  console.log(took(start));
  return code;
}

/** Runs one step and shows its output once it is over; gives its exit code. */
async function runUnseen(args: readonly string[]) {
  const start = performance.now();
  const deno = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdin: "null",
  });
  const { code, stdout, stderr } = await deno.output();
  console.log(`\n== deno ${args.join(" ")}`);
  await new Blob([stdout, stderr]).stream().pipeTo(Deno.stdout.writable, {
    preventClose: true,
  });
  console.log(took(start));
  return code;
}

function took(start: number): string {
  return `== ${Math.round((performance.now() - start) / 1000)} s`;
}

/** What a report in JUnit's format says. */
export function readReport(xml: string) {
  const cases = [
    ...xml.matchAll(/<testcase name="([^"]*)"[^>]*?(\/>|>.*?<\/testcase>)/gs),
  ];
  const having = (element: RegExp) =>
    cases.flatMap(([, name, body]) => {
      const [found, why = ""] = body!.match(element) ?? [];
      return found === undefined ? [] : [{ name: plain(name!), why: plain(why) }];
    });
  const failed = having(/<(?:failure|error)\b[^>]*>([^<]*)/);
  const skipped = having(/<skipped\b/).map(({ name }) => name);
  return { passed: cases.length - failed.length - skipped.length, failed, skipped };
}

/** Lines of it, as many as say what happened: a program's output may be in them. */
function indented(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "").slice(0, MOST_LINES)
    .map((line) => `  ${line}`);
}

function plain(text: string): string {
  const signs: Record<string, string> = {
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    amp: "&",
  };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name) => signs[name]!)
    .replaceAll(
      /&#(x?)([0-9a-f]+);/gi,
      (_, hex, digits) => String.fromCodePoint(parseInt(digits, hex ? 16 : 10)),
    );
}
