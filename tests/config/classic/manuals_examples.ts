/** The examples of knockd(1), and Debian's own file; DIRECTORY is where their files are. */

const RULE = "INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";

/** Each as a knockd.conf. */
const EXAMPLES = {
  "example 1 of knockd(1)": `[options]
	logfile = DIRECTORY/knockd.log

[openSSH]
	sequence    = 7000,8000,9000
	seq_timeout = 10
	tcpflags    = syn
	command     = /sbin/iptables -A INPUT -s %IP% --dport 22 -j ACCEPT

[closeSSH]
	sequence    = 9000,8000,7000
	seq_timeout = 10
	tcpflags    = syn
	command     = /sbin/iptables -D INPUT -s %IP% --dport 22 -j ACCEPT
`,
  "example 2 of knockd(1)": `[options]
	logfile = DIRECTORY/knockd.log

[opencloseSSH]
	sequence      = 2222:udp,3333:tcp,4444:udp
	seq_timeout   = 15
	tcpflags      = syn,ack
	start_command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --syn -j ACCEPT
	cmd_timeout   = 5
	stop_command  = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --syn -j ACCEPT
`,
  "example 3 of knockd(1)": `[options]
	logfile = DIRECTORY/knockd.log

[opencloseSMTP]
	one_time_sequences = DIRECTORY/smtp_sequences
	seq_timeout        = 15
	tcpflags           = fin,!ack
	start_command      = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
	cmd_timeout        = 5
	stop_command       = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
`,
  "example 4 of knockd(1)": `[options]
	logfile = DIRECTORY/knockd.log

[opencloseSMTP]
	one_time_sequences = DIRECTORY/smtp_sequences
	seq_timeout        = 15
	tcpflags           = fin,!ack
	start_command      = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
	start_command_6    = /usr/sbin/ip6tables -A INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
	cmd_timeout        = 5
	stop_command       = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
	stop_command_6     = /usr/sbin/ip6tables -D INPUT -s %IP% -p tcp --dport 25 -j ACCEPT
`,
  "Debian's knockd.conf": `[options]
	UseSyslog

[openSSH]
	sequence    = 7000,8000,9000
	seq_timeout = 5
	command     = /sbin/iptables -A ${RULE}
	tcpflags    = syn

[closeSSH]
	sequence    = 9000,8000,7000
	seq_timeout = 5
	command     = /sbin/iptables -D ${RULE}
	tcpflags    = syn

[openHTTPS]
	sequence    = 12345,54321,24680,13579
	seq_timeout = 5
	command     = /usr/local/sbin/knock_add -i -c INPUT -p tcp -d 443 -f %IP%
	tcpflags    = syn
`,
};

/** What each is called. */
export const MANUALS_EXAMPLES = Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[];

/** Writes one to a directory, with a file of sequences; gives its path. */
export async function manualsExample(
  name: keyof typeof EXAMPLES,
  directory: string,
): Promise<string> {
  const path = `${directory}/knockd.conf`;
  await Deno.writeTextFile(`${directory}/smtp_sequences`, " 1224,1324\n");
  await Deno.writeTextFile(path, EXAMPLES[name].replaceAll("DIRECTORY", directory));
  return path;
}
