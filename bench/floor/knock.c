/*
 * The least that a knock can take: libpcap in immediate mode, one knocker at a time whose
 * next port is waited for, and posix_spawn of the command.
 *
 *     knock INTERFACE PORT,PORT,PORT COMMAND
 */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

extern char **environ;

static int ports[16], count, at;
static in_addr_t knocker;
static const char *command;

static void run(void) {
  char *argv[] = {"sh", "-c", (char *)command, NULL};
  pid_t pid;
  posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ);
}

static void packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes) {
  const struct ip *ip = syn(header, bytes);
  if (ip == NULL) return;
  const struct tcphdr *tcp = (const void *)((const u_char *)ip + ip->ip_hl * 4);
  if (ip->ip_src.s_addr != knocker) at = 0;
  knocker = ip->ip_src.s_addr;
  at = ntohs(tcp->th_dport) == ports[at] ? at + 1 : 0;
  if (at < count) return;
  at = 0;
  run();
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  signal(SIGCHLD, SIG_IGN);
  command = argv[3];
  for (char *port = strtok(argv[2], ","); port && count < 16; port = strtok(NULL, ",")) {
    ports[count++] = atoi(port);
  }
  return pcap_loop(hear(argv[1]), -1, packet, NULL);
}
