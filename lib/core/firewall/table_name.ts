/** What the table of the kernel's doors may be called. */

/** The table's name if the config says nothing else. */
export const DEFAULT_TABLE = "knockd";

/** Its characters; words of nft are none either. */
export const TABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/** The words of nft(8) itself, of which it takes none for a name. */
const WORDS = new Set(
  `
accept add ah all and arp bridge cgroup chain comment comp constant continue
counter cpu create ct day dccp define delete describe destroy device devices
dnat drop dst dup dynamic ecn element elements eq esp ether exists expires
exthdr fib flags flow flowtable flush frag fwd ge geneve get goto gre gretap gt
handle hbh hook hour ibriport ibrname icmp icmpv6 igmp iif iifgroup iifname
iiftype in include index inet insert interval ip ip6 ipsec jhash jump last le
limit list log lt map mark masquerade meta meter mh missing monitor ne netdev
nftrace not notrack numgen obriport obrname offload oif oifgroup oifname oiftype
or osf pkttype policy position priority queue quota random redefine redirect
reject rename replace reset return rt rt0 rt2 rtclassid rule ruleset sctp
secmark set size skgid skuid snat socket srh symhash synproxy table tcp th time
timeout tproxy type typeof udp udplite undefine update vlan vmap vxlan xor xt
`.trim().split(/\s+/),
);

/** What is wrong with the name of a table, if anything. */
export function tableNameProblem(name: string): string | undefined {
  if (!TABLE_NAME.test(name)) {
    return "the name of a table has up to 32 of A-Z a-z 0-9 _ and begins with a letter";
  }
  return WORDS.has(name)
    ? `${name} is a word of nft's own; take another name`
    : undefined;
}
