import { deepEqual, ok } from "node:assert/strict";
import { placeholderMistakes } from "../../../lib/config/judge/placeholders.ts";
import { linesAbout } from "../files.ts";

Deno.test("what looks like a placeholder and is none is found, and nothing else", () => {
  const rows: [text: string, ...found: string[]][] = [
    ["iptables -s %IP% -j ACCEPT"],
    ["a %IPP% b", "2 %IPP% did you mean %IP%?"],
    ["%ip%", "0 %ip% did you mean %IP%?"],
    ["-s %IP -j", "3 %IP did you mean %IP%?"],
    ["-s %Ip,%IP%", "3 %Ip did you mean %IP%?"],
    ["-s IP% -j", "3 IP% did you mean %IP%?"],
    [
      "%PROT% %CLIENTS%",
      "0 %PROT% did you mean %PORT%?",
      "7 %CLIENTS% did you mean %CLIENT%?",
    ],
    ["%ADDRESS%", "0 %ADDRESS% there are %IP%, %DOOR%, %CLIENT%, %PORT%"],
    ["date +%F%H%M %IP%"],
    ["date +%Y-%m-%d_%H:%M:%S"],
    ["date +%Y-%m-%dT%H:%M:%S%z; date +%I:%Mp%S; date +%Hh%Mm%Ss%N"],
    ["printf '%s%%' 5; echo 100%"],
    ["%F%IP%%IP%%DOOR%"],
    ["-s $IP -j; -s ${ip}", "3 $IP did you mean %IP%?", "14 ${ip} did you mean %IP%?"],
    ["IP=%IP%; x $IP"],
    ["while read ip; do x $ip; done <f"],
    [". /etc/addresses; x $IP"],
    ["x $KNOCK_IP $IPS ${IP:-%IP%} $IP_"],
    ["x=${y%.txt} ${z%%.*} %iptables"],
  ];
  for (const [text, ...expected] of rows) {
    const said = placeholderMistakes(text).map(({ offset, message, hint }) =>
      `${offset} ${message.split(" ")[0]} ${hint}`
    );
    deepEqual([text, ...said], [text, ...expected]);
  }
});

Deno.test("a wrong placeholder is warned of where it is, in both formats", async () => {
  const no = "is no placeholder; it stays in the command as it is";
  deepEqual(
    await linesAbout("[a]\nsequence=1,2\n command = x -s %IPP%\n", "knockd.conf"),
    [`warning knockd.conf:3:17: a.command: %IPP% ${no} (did you mean %IP%?)`],
  );
  const toml = '[doors.a]\nsequence = "1,2"\n' +
    `command = "x -s %ip% %IP%"\nstop_command = ["x", '-s %IP']\n`;
  deepEqual(await linesAbout(toml), [
    `warning knock.toml:3:17: doors.a.command: %ip% ${no} (did you mean %IP%?)`,
    `warning knock.toml:4:26: doors.a.stop_command[1]: %IP ${no} (did you mean %IP%?)`,
  ]);
});

Deno.test("a variable in a command without a shell is warned of", async () => {
  const door = (command: string) =>
    linesAbout(
      `[doors.a]\nsequence = "1,2"\ncommand = ${command}\n`,
    );
  const why = "stays as it is: this command runs without a shell (write %IP%)";
  deepEqual(await door('["nft", "{ $KNOCK_IP }"]'), [
    `warning knock.toml:3:22: doors.a.command[1]: $KNOCK_IP ${why}`,
  ]);
  deepEqual(await door('["/bin/sh", "-c", "nft $KNOCK_IP"]'), []);
  deepEqual(await door('"nft $KNOCK_IP"'), []);
});

Deno.test("a command of very many words is judged in a time that grows with them", async () => {
  const words = ', "y"'.repeat(40_000);
  const start = performance.now();
  const said = await linesAbout(
    `[doors.a]\nsequence = "1,2"\ncommand = ["x"${words}, "$KNOCK_IP"]\n`,
  );
  deepEqual(said.length, 1);
  ok(performance.now() - start < 10_000);
});

Deno.test("what a web page made of a command is warned of where it is", async () => {
  const rows: [command: string, column: number, said: string][] = [
    [
      "x –A %IP%",
      11,
      "– is no hyphen to a program; it takes it for a letter (write - or --)",
    ],
    [
      "x ––to %IP%",
      11,
      "–– is no hyphen to a program; it takes it for a letter (write - or --)",
    ],
    [
      "x &amp;&amp; y",
      11,
      "&amp; is a web page's way to write a character (write the " +
      "character itself)",
    ],
    [
      "x\u00a0-A",
      10,
      "a no-break space is no space to a shell; it takes it for a letter " +
      "(write a space)",
    ],
  ];
  for (const [command, column, said] of rows) {
    const text = `[a]\nsequence=1,2\ncommand=${command}\n`;
    deepEqual(await linesAbout(text, "knockd.conf"), [
      `warning knockd.conf:3:${column}: a.command: ${said}`,
    ]);
  }
  const fine = "[a]\nsequence=1,2\ncommand=echo 7000–9000 a — b 'x & y'\n";
  deepEqual(await linesAbout(fine, "knockd.conf"), []);
});

Deno.test("quotes of a word processor and flags that nobody sends are warned of", async () => {
  const text = "[a]\nsequence=1,2\ncommand=x ‘%IP%’\ntcpflags = syn,ack\n" +
    "[b]\nsequence=3:udp,4:udp\ntcpflags=syn,ack\ncommand=x";
  const udp =
    '[doors.a]\nopen = 22\ntcpflags = "syn,ack"\n[doors.a.otp]\nprotocol = "udp"\n';
  const ofFlags = (await linesAbout(udp)).filter((line) => line.includes("tcpflags"));
  deepEqual(ofFlags, []);
  deepEqual(await linesAbout(text, "knockd.conf"), [
    "warning knockd.conf:3:11: a.command: ‘ is no quote to a shell; it takes it for a " +
    `letter (write ' or ")`,
    "warning knockd.conf:4:12: a.tcpflags: no client sends packets with SYN and ACK: a " +
    "knock sends SYN alone (tcpflags = syn)",
  ]);
});
