/*
 * The least that it can take to open a port: libpcap in immediate mode, one knocker at a
 * time whose next port is waited for, and an element by libnftables.
 *
 *     open INTERFACE PORT,PORT,PORT SET      SET as in "inet floor open"
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "capture.h"

/* nftables/libnftables.h, of which machines that run have the library alone. */
struct nft_ctx *nft_ctx_new(uint32_t flags);
int nft_run_cmd_from_buffer(struct nft_ctx *context, const char *commands);

static int ports[16], count, at;
static in_addr_t knocker;
static const char *set;
static struct nft_ctx *nft;

static void packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes) {
  const struct ip *ip = syn(header, bytes);
  if (ip == NULL) return;
  const struct tcphdr *tcp = (const void *)((const u_char *)ip + ip->ip_hl * 4);
  if (ntohs(tcp->th_dport) == 22) return;
  if (ip->ip_src.s_addr != knocker) at = 0;
  knocker = ip->ip_src.s_addr;
  at = ntohs(tcp->th_dport) == ports[at] ? at + 1 : 0;
  if (at < count) return;
  at = 0;
  char text[200];
  snprintf(text, sizeof text, "add element %s { %s timeout 600s }\n", set,
           inet_ntoa(ip->ip_src));
  nft_run_cmd_from_buffer(nft, text);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  set = argv[3];
  for (char *port = strtok(argv[2], ","); port && count < 16; port = strtok(NULL, ",")) {
    ports[count++] = atoi(port);
  }
  nft = nft_ctx_new(0);
  return nft == NULL ? 1 : pcap_loop(hear(argv[1]), -1, packet, NULL);
}
