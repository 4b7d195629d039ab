import assert from "node:assert/strict";
import { main } from "../../lib/cli/main.ts";
import { outcomeOf } from "./program.ts";

const decoder = new TextDecoder();

async function output(argv: readonly string[], env: Record<string, string> = {}) {
  const [program, ...args] = argv;
  const { stdout, stderr, code } = await new Deno.Command(program!, { args, env })
    .output();
  assert.equal(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout);
}

async function completions(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await outcomeOf(() => main(["completions", ...args]));
  assert.equal(code, 0, stderr);
  return stdout;
}

const bash = await completions("bash");

/** What bash offers for the last word; `names` is what knockd would say of names. */
async function offered(
  words: readonly string[],
  names = "ssh\nweb\nb@laptop:work",
): Promise<string[]> {
  const program = `
    knockd() { [[ "$*" == "$EXPECTED" ]] && printf '%s\\n' "$NAMES"; }
    ${bash}
    COMP_WORDS=(knockd "$@"); COMP_CWORD=$#
    _knockd 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const what = words.includes("otp") || words.includes("knock") ? "profiles" : "doors";
  const config = words.includes("-c") || words.some((word) => /^--config=/.test(word));
  const client = words[0] === "revoke" && words.length === 3;
  const expected = client
    ? `completions names clients ${words[1]}`
    : `completions names ${what}${config ? " -c x" : ""}`;
  // As bash parts a line.
  const parts = words.flatMap((word) =>
    word === "" ? [""] : word.split(/([:=@]+)/).filter((part) => part !== "")
  );
  const text = await output(["bash", "-c", program, "bash", ...parts], {
    COMP_LINE: ["knockd", ...words].join(" "),
    EXPECTED: expected,
    NAMES: names,
  });
  return text.split("\n").filter((word) => word !== "");
}

const rows: readonly [string, readonly string[], readonly string[]][] = [
  ["a command's beginning is completed", ["enr"], ["enroll"]],
  ["a command below a command is offered", ["profile", "rem"], ["remove"]],
  ["an option is completed", ["serve", "--tri"], ["--trial"]],
  ["doors are offered where a door is wanted", ["close", ""], [
    "ssh",
    "web",
    "b@laptop:work",
  ]],
  ["doors are offered after options with values", ["close", "-c", "x", "s"], ["ssh"]],
  ["-d takes a value of knock", ["knock", "-d", "100", "s"], ["ssh"]],
  ["-d takes none of serve", ["serve", "-d", "--tri"], ["--trial"]],
  ["clients of the door are offered", ["revoke", "ssh", "s"], ["ssh"]],
  ["what : parts is one word", ["knock", "host", "8000:udp", "--verb"], ["--verbose"]],
  ["a door is not taken for two", ["close", "a:b@c", "s"], []],
  ["names are completed behind @", ["close", "b@"], ["laptop:work"]],
  ["and behind :", ["close", "b@laptop:"], ["work"]],
  ["a value is completed behind =", ["close", "--config=x", "s"], ["ssh"]],
  ["a word is, too", ["knock", "--form=se"], ["sequence"]],
  ["an option that takes no value has none", ["close", "--json=s"], []],
  ["shells are offered", ["completions", "z"], ["zsh"]],
  ["what a firewall can be told is", ["firewall", "ip"], ["iptables"]],
  ["every kind of service is", ["service", "sysv-"], ["sysv-guard"]],
  ["formats of numbers are", ["status", "--metrics", "p"], ["prometheus"]],
  ["forms of what otp prints are", ["otp", "host", "--form", "s"], ["sequence"]],
  ["nothing that is typed is run", ["close", "$(touch /tmp/never)"], []],
];

for (const [title, words, expected] of rows) {
  Deno.test(`completion in bash: ${title}`, async () => {
    const found = await offered(words);
    const wanted = found.filter((word) => expected.length === 0 || !word.startsWith("-"));
    assert.deepEqual(expected[0]?.startsWith("-") ? found : wanted, expected);
  });
}

for (const shell of ["zsh", "fish"]) {
  Deno.test(`${shell} takes its completion`, async () => {
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, await completions(shell));
      await output([shell, "-n", file]);
    } finally {
      await Deno.remove(file);
    }
  });
}

const fish = await completions("fish");

/** What fish offers for the line's last word, options left out. */
async function offeredByFish(line: string): Promise<string[]> {
  const program = `function knockd
    switch "$argv"
      case "completions names clients rot -c x" "completions names clients rot"
        printf '%s\\n' alice b@laptop
      case "completions names doors*"
        echo rot
    end
end
${fish}
complete -C $line`;
  const directory = await Deno.makeTempDir();
  try {
    const env = { HOME: directory, line };
    const text = await output(["fish", "-N", "-c", program], env);
    return text.split("\n").map((line) => line.split("\t")[0]!).filter((word) =>
      word !== "" && !word.startsWith("-")
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (
  const [line, expected] of [
    ["knockd revoke ", ["rot"]],
    ["knockd revoke rot ", ["alice", "b@laptop"]],
    ["knockd revoke rot b@", ["b@laptop"]],
    ["knockd revoke -c x rot a", ["alice"]],
    ["knockd revoke --config=x rot a", ["alice"]],
    ["knockd revoke rot alice ", []],
    ["knockd revoke '(touch /tmp/never)' ", []],
    ["knockd close -i eth0 ", ["rot"]],
    ["knockd completions ", ["bash", "fish", "zsh"]],
  ] as const
) {
  Deno.test(`completion in fish: ${line}`, async () => {
    assert.deepEqual(await offeredByFish(line), expected);
  });
}

Deno.test("zsh takes a value behind = and ports for operands", async () => {
  const zsh = await completions("zsh");
  assert.match(zsh, /'--config=\[[^\]]*\]:file:_files'/);
  assert.match(zsh, /'\*:ports:'/);
});

Deno.test("names that a shell could take for its own are not offered", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const config = `${directory}/knock.toml`;
    await Deno.writeTextFile(
      config,
      `[doors."a b"]\nsequence = "7000,8000,9000"\ncommand = "true %IP%"\n` +
        `[doors."$(id)"]\nsequence = "7001,8001,9001"\ncommand = "true %IP%"\n` +
        `[doors."-rf"]\nsequence = "7003,8003,9003"\ncommand = "true %IP%"\n` +
        `[doors.ssh]\nsequence = "7002,8002,9002"\ncommand = "true %IP%"\n`,
    );
    const text = await completions("names", "doors", "-c", config);
    assert.equal(text, "ssh\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
