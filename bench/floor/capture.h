/* The SYNs of an Ethernet interface, as both programs hear them. */
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define ETHERNET 14
#define RING (4 << 20)

/** The IPv4 packet of a frame, where it is a whole SYN. */
static const struct ip *syn(const struct pcap_pkthdr *header, const u_char *bytes) {
  const struct ip *ip = (const void *)(bytes + ETHERNET);
  if (header->caplen < ETHERNET + sizeof *ip || ip->ip_p != IPPROTO_TCP) return NULL;
  if (header->caplen < ETHERNET + ip->ip_hl * 4 + sizeof(struct tcphdr)) return NULL;
  const struct tcphdr *tcp = (const void *)((const u_char *)ip + ip->ip_hl * 4);
  return (tcp->th_flags & (TH_SYN | TH_ACK)) == TH_SYN ? ip : NULL;
}

/** An interface in immediate mode, with as much room for packets as knockd takes. */
static pcap_t *hear(const char *interface) {
  char error[PCAP_ERRBUF_SIZE];
  struct bpf_program filter;
  pcap_t *pcap = pcap_create(interface, error);
  if (pcap == NULL || pcap_set_snaplen(pcap, 128) || pcap_set_buffer_size(pcap, RING) ||
      pcap_set_immediate_mode(pcap, 1) || pcap_activate(pcap) ||
      pcap_compile(pcap, &filter, "ip and tcp", 1, PCAP_NETMASK_UNKNOWN) ||
      pcap_setfilter(pcap, &filter)) {
    fprintf(stderr, "%s: %s\n", interface, pcap ? pcap_geterr(pcap) : error);
    exit(1);
  }
  return pcap;
}
