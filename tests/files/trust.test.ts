import { deepEqual } from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import { distrustOfFile } from "../../lib/files/trust.ts";
import { inDirectory } from "../config/files.ts";

const NOBODY = 65534;

Deno.test("root trusts what is root's and what nobody else may write", () => {
  const rows: [mode: number, uid: number, gid: number, ...said: string[]][] = [
    [0o600, 0, 0],
    [0o644, 0, 50],
    [0o664, 0, 0],
    [0o664, 0, 50, "group 50 may write this file (mode 0664), and root obeys it"],
    [0o666, 0, 0, "everybody may write this file (mode 0666), and root obeys it"],
    [0o602, 0, 0, "everybody may write this file (mode 0602), and root obeys it"],
    [0o600, NOBODY, 0, "this file belongs to user 65534, and root obeys it"],
    [
      0o620,
      7,
      7,
      "group 7 may write this file (mode 0620), and root obeys it",
      "this file belongs to user 7, and root obeys it",
    ],
  ];
  for (const [mode, uid, gid, ...said] of rows) {
    const found = distrustOfFile("/a", { mode, uid, gid }, 0);
    deepEqual(found.map(({ message }) => message), said, `${mode} ${uid} ${gid}`);
  }
  deepEqual(distrustOfFile("/a", { mode: 0o600, uid: 7, gid: 7 }, 7), []);
  deepEqual(distrustOfFile("/a", { mode: null, uid: null, gid: null }, 0), []);
});

Deno.test("nobody is told to shut others out of a directory that all share", () => {
  const [found] = distrustOfFile("/tmp", { mode: 0o1777, uid: 0, gid: 0 }, 0);
  deepEqual(found?.hint, "take a file of root's");
});

const TOML = '[doors.a]\nsequence = "1,2,3"\ncommand = "x"\n';
const CLASSIC = "[a]\none_time_sequences=list\ncommand=x\n";

/** What is said of a config after something was done to it, severity first. */
async function said(
  name: string,
  change: (directory: string) => void,
): Promise<string[]> {
  return await inDirectory(async (outer) => {
    const directory = `${outer}/etc`;
    Deno.mkdirSync(directory, { mode: 0o755 });
    Deno.writeTextFileSync(`${directory}/knock.toml`, TOML, { mode: 0o644 });
    Deno.writeTextFileSync(`${directory}/knockd.conf`, CLASSIC, { mode: 0o644 });
    Deno.writeTextFileSync(`${directory}/list`, "1,2,3\n", { mode: 0o600 });
    change(directory);
    const { problems } = await loadConfig(`${directory}/${name}`);
    return problems.map((problem) =>
      `${problem.severity} ${formatProblem(problem)}`.replaceAll(`${directory}`, "DIR")
        .replaceAll(outer, "OUTER")
    );
  });
}

Deno.test({
  name: "root refuses a config that others could have written, and says what to do",
  ignore: Deno.uid() !== 0,
  async fn() {
    const rows: [what: string, name: string, (directory: string) => void, ...string[]][] =
      [
        ["as it should be", "knock.toml", () => {}],
        ["as it should be", "knockd.conf", () => {}],
        [
          "everybody may write it",
          "knock.toml",
          (directory) => Deno.chmodSync(`${directory}/knock.toml`, 0o666),
          "error DIR/knock.toml: everybody may write this file (mode 0666), and root obeys it " +
          "(chmod go-w DIR/knock.toml)",
        ],
        [
          "another's",
          "knock.toml",
          (directory) => Deno.chownSync(`${directory}/knock.toml`, NOBODY, NOBODY),
          "error DIR/knock.toml: this file belongs to user 65534, and root obeys it (chown " +
          "root DIR/knock.toml)",
        ],
        [
          "another's, as it may have been for knockd 0.8",
          "knockd.conf",
          (directory) => Deno.chownSync(`${directory}/knockd.conf`, NOBODY, NOBODY),
          "warning DIR/knockd.conf: this file belongs to user 65534, and root obeys it (chown " +
          "root DIR/knockd.conf)",
        ],
        [
          "a directory that everybody may write",
          "knock.toml",
          (directory) => Deno.chmodSync(directory, 0o777),
          "error DIR/knock.toml: everybody may write the directory DIR (mode 0777), and root " +
          "obeys it (chmod go-w DIR)",
        ],
        [
          "a directory further up that its group may write",
          "knock.toml",
          (directory) => {
            Deno.chownSync(`${directory}/..`, 0, 50);
            Deno.chmodSync(`${directory}/..`, 0o770);
          },
          "error DIR/knock.toml: group 50 may write the directory OUTER (mode 0770), and " +
          "root obeys it (chmod go-w OUTER)",
        ],
        [
          "another's directory further up, as it may have been for knockd 0.8",
          "knockd.conf",
          (directory) => Deno.chownSync(`${directory}/..`, NOBODY, NOBODY),
          "warning DIR/knockd.conf: the directory OUTER belongs to user 65534, and root " +
          "obeys it (chown root OUTER)",
          "error DIR/knockd.conf:2:20: a.one_time_sequences: the directory OUTER belongs to " +
          "user 65534, and root obeys it (chown root OUTER)",
        ],
        [
          "another's link to it, in a sticky directory",
          "../link.toml",
          (directory) => {
            Deno.symlinkSync(`${directory}/knock.toml`, `${directory}/../link.toml`);
            new Deno.Command("chown", {
              args: ["-h", `${NOBODY}`, `${directory}/../link.toml`],
            }).outputSync();
            Deno.chmodSync(`${directory}/..`, 0o1777);
          },
          "error DIR/../link.toml: the link DIR/../link.toml belongs to user 65534, and root " +
          "obeys it (chown -h root DIR/../link.toml)",
        ],
        [
          "a sticky directory",
          "knock.toml",
          (directory) => Deno.chmodSync(directory, 0o1777),
        ],
        [
          "a one-time file that its group may write",
          "knockd.conf",
          (directory) => {
            Deno.chownSync(`${directory}/list`, 0, 50);
            Deno.chmodSync(`${directory}/list`, 0o660);
          },
          "error DIR/knockd.conf:2:20: a.one_time_sequences: group 50 may write this file " +
          "(mode 0660), and root obeys it (chmod go-w DIR/list)",
        ],
        [
          "a link in a directory that everybody may write",
          "../link.toml",
          (directory) => {
            Deno.symlinkSync(`${directory}/knock.toml`, `${directory}/../link.toml`);
            Deno.chmodSync(`${directory}/..`, 0o777);
          },
          "error DIR/../link.toml: everybody may write the directory DIR/.. (mode 0777), and " +
          "root obeys it (chmod go-w DIR/..)",
        ],
      ];
    for (const [what, name, change, ...expected] of rows) {
      deepEqual([what, ...await said(name, change)], [what, ...expected]);
    }
  },
});
