import assert from "node:assert/strict";
import { firewallChange } from "../../../lib/config/judge/firewall_words.ts";
import { programsOf } from "../../../lib/config/judge/shell_words.ts";

const rows: readonly [string, string][] = [
  ["iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "opens for one"],
  ["/sbin/iptables -A INPUT -p tcp --dport 22 -j ACCEPT", "opens"],
  ["iptables -A INPUT -s 192.0.2.7 -j ACCEPT", "opens for one"],
  ["ip6tables -A INPUT -s 2001:db8::7 -j ACCEPT", "opens for one"],
  ["iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to 192.0.2.7:80", "opens"],
  ["iptables -I INPUT -s %IP% -j DROP", ""],
  ["iptables -D INPUT -s %IP% -j DROP", "opens for one"],
  ["iptables -D INPUT -p tcp --dport 22 -j ACCEPT", "closes"],
  ["iptables -P INPUT DROP", "closes"],
  ["iptables -P INPUT ACCEPT", "opens"],
  ["iptables -L -n", ""],
  ["iptables-save", ""],
  ["nft add element inet f allowed { %IP% timeout 1h }", "opens for one, for a time"],
  ["nft 'add rule inet f in tcp dport 22 accept'", "opens"],
  ["nft add element inet f banned { %IP% }", ""],
  ["nft delete element inet f allowed { %IP% }", "closes"],
  ["nft flush ruleset", "opens"],
  ["nft list ruleset", ""],
  ["ufw allow 22/tcp", "opens"],
  ["ufw insert 1 allow from %IP% to any port 22", "opens for one"],
  ["ufw allow from any to any port 22", "opens"],
  ["ufw --force delete allow 22", "closes"],
  ["ufw deny from %IP%", ""],
  ["ufw reload", ""],
  ["firewall-cmd --zone=public --add-port=22/tcp", "opens"],
  [
    "firewall-cmd --add-source=%IP% --zone=trusted --timeout=3600",
    "opens for one, for a time",
  ],
  ["firewall-cmd --reload", ""],
  ["firewall-cmd --remove-port=22/tcp", "closes"],
  ["firewall-cmd --zone=drop --add-source=%IP%", ""],
  ["ipset add friends %IP% timeout 60", "opens for one, for a time"],
  ["ipset -! -A friends %IP%", "opens for one"],
  ["ipset add blacklist %IP%", ""],
  ["pfctl -t friends -T add %IP%", "opens for one"],
  ["pfctl -t friends -T delete %IP%", "closes"],
  ["systemctl stop nftables", "opens"],
  ["systemctl stop sshd", ""],
  ["service iptables restart", ""],
  ["sudo -n ufw allow 22", "opens"],
  ["conntrack -D -s %IP%", ""],
  ["logger 'iptables -A INPUT -j ACCEPT'", ""],
  ["constructor %IP%", ""],
  ["", ""],
];

for (const [command, expected] of rows) {
  Deno.test(`to a firewall, ${command || "nothing"} means: ${expected || "nothing"}`, () => {
    const [words = []] = programsOf(command);
    const change = firewallChange(words);
    const said = change === undefined
      ? ""
      : change.does + (change.does === "opens" && change.names ? " for one" : "") +
        (change.expires ? ", for a time" : "");
    assert.equal(said, expected);
  });
}

for (
  const [command, expected] of [
    ["a b; c 'd e' && f", ["a|b", "c|d e", "f"]],
    ["X=1 Y='2 3' a", ["a"]],
    ["if a; then b; fi", ["a", "b"]],
    ["/bin/sh -c 'a; b c'", ["a", "b|c"]],
    ["sh -ec \"sh -c 'a'\"", ["a"]],
    ["echo x>/home/a", ["echo|x|>/home/a"]],
    ["a # b; c", ["a"]],
    ["a#b", ["a#b"]],
    ["a \\; b", ["a|;|b"]],
    ["(a) & b | c\nd", ["a", "b", "c", "d"]],
    ['a "it\'s \\"x\\""', ['a|it\'s "x"']],
    ["a 'not closed", ["a"]],
    ["nohup /opt/x %IP% &", ["/opt/x|%IP%"]],
    ["", []],
  ] as const
) {
  Deno.test(`the programs of ${command || "nothing"}`, () => {
    assert.deepEqual(programsOf(command).map((words) => words.join("|")), expected);
  });
}

Deno.test("a very long word is judged in a time that grows with it, not with its square", () => {
  const start = performance.now();
  const command = ["iptables", "-I", "INPUT", "-j", "ACCEPT", "--to".repeat(100_000)];
  assert.equal(firewallChange(command)?.does, "opens");
  assert.ok(performance.now() - start < 10_000);
});
