/** What pcap/pcap.h and pcap/bpf.h fix. */

import type { PcapErrorCode } from "./pcap_error.ts";

/** PCAP_ERRBUF_SIZE */
export const ERROR_SIZE = 256;
/** PCAP_D_IN */
export const INBOUND = 1;
/** PCAP_TSTAMP_PRECISION_MICRO */
export const MICROSECONDS = 0;
/** PCAP_NETMASK_UNKNOWN */
export const UNKNOWN_NETMASK = 0xffffffff;
/** sizeof(struct bpf_program): unsigned int bf_len, struct bpf_insn *bf_insns. */
export const PROGRAM_SIZE = 16;
/** sizeof(struct pcap_stat) and to spare; ps_drop is the second unsigned int. */
export const STATS_SIZE = 32;

/** The statuses of pcap_activate that we tell apart. */
export const ACTIVATION_ERRORS: ReadonlyMap<number, PcapErrorCode> = new Map([
  [-5, "no-device"], // PCAP_ERROR_NO_SUCH_DEVICE
  [-8, "no-permission"], // PCAP_ERROR_PERM_DENIED
  [-9, "down"], // PCAP_ERROR_IFACE_NOT_UP
]);
