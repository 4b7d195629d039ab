/*
 * The least that a packet of a flood can cost: libpcap, and a hash table in which the SYNs of
 * each source are counted.
 *
 *     count INTERFACE
 */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <pcap/pcap.h>
#include <stdint.h>

#include "capture.h"

/** More than there are sources in any flood. */
#define SLOTS (1 << 19)

static struct {
  in_addr_t source;
  uint32_t count;
} table[SLOTS];

static void packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes) {
  const struct ip *ip = syn(header, bytes);
  if (ip == NULL) return;
  in_addr_t source = ip->ip_src.s_addr;
  uint32_t slot = source * 2654435761u >> 13;
  while (table[slot].count != 0 && table[slot].source != source) {
    slot = (slot + 1) % SLOTS;
  }
  table[slot].source = source;
  table[slot].count += 1;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  return pcap_loop(hear(argv[1]), -1, packet, NULL);
}
