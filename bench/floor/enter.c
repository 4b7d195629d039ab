/*
 * A client that knocks, and then sends a SYN to port 22 every 100 us until it is answered,
 * so that TCP's own retransmission, after a second, does not count. Prints microseconds
 * from just before the last packet of the knock to the answer, or -1 after a second: who is woken
 * by that packet may run before the client goes on. Between two SYNs it
 * sleeps: it stands for another machine, and takes none of the server's time.
 *
 *     enter SERVER      and a line "SOURCE PORT PORT PORT" on standard input for each
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVERY_US 100
#define LONGEST_US 1000000

static struct in_addr server, source;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static uint16_t checksum(const struct tcphdr *tcp) {
  struct {
    struct in_addr from, to;
    uint8_t zero, protocol;
    uint16_t length;
    struct tcphdr tcp;
  } whole = {source, server, 0, IPPROTO_TCP, htons(sizeof *tcp), *tcp};
  uint16_t words[sizeof whole / 2];
  memcpy(words, &whole, sizeof whole);
  uint32_t sum = 0;
  for (size_t i = 0; i < sizeof whole / 2; i++) sum += words[i];
  sum = (sum & 0xffff) + (sum >> 16);
  return ~(sum + (sum >> 16));
}

static void send_syn(int raw, int from, int to, uint32_t sequence) {
  struct tcphdr tcp = {.th_sport = htons(from), .th_dport = htons(to), .th_off = 5,
                       .th_flags = TH_SYN, .th_win = htons(64240), .th_seq = sequence};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = server};
  tcp.th_sum = checksum(&tcp);
  sendto(raw, &tcp, sizeof tcp, 0, (struct sockaddr *)&address, sizeof address);
}

/* Whether port 22 has answered this source. */
static int answered(int raw, int port) {
  unsigned char bytes[200];
  for (ssize_t n; (n = recv(raw, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;) {
    const struct ip *ip = (const void *)bytes;
    const struct tcphdr *tcp = (const void *)(bytes + ip->ip_hl * 4);
    if (ip->ip_dst.s_addr == source.s_addr && ntohs(tcp->th_sport) == 22 &&
        ntohs(tcp->th_dport) == port && (tcp->th_flags & TH_ACK) &&
        (tcp->th_flags & TH_SYN)) return 1;
  }
  return 0;
}

/* Until something comes, or so many microseconds. */
static void await(int raw, double us) {
  struct pollfd poll = {.fd = raw, .events = POLLIN};
  struct timespec time = {.tv_nsec = us > 0 ? us * 1e3 : 0};
  ppoll(&poll, 1, &time, NULL);
}

static double enter(const int *ports, int count) {
  int raw = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr = source};
  if (raw < 0 || bind(raw, (struct sockaddr *)&own, sizeof own)) exit(1);
  int from = 20000 + rand() % 20000;
  uint32_t sequence = rand();
  double sent = 0;
  for (int i = 0; i < count; i++) {
    sent = now();
    send_syn(raw, from + i, ports[i], rand());
  }
  double next = now();
  while (now() - sent < LONGEST_US) {
    if (answered(raw, from + count)) { close(raw); return now() - sent; }
    if (now() < next) { await(raw, next - now()); continue; }
    send_syn(raw, from + count, 22, sequence);
    next += EVERY_US;
  }
  close(raw);
  return -1;
}

int main(int argc, char **argv) {
  if (argc != 2 || !inet_aton(argv[1], &server)) return 2;
  prctl(PR_SET_TIMERSLACK, 1000);
  srand(time(NULL) ^ getpid());
  for (char line[500]; fgets(line, sizeof line, stdin);) {
    int ports[32], count = 0;
    inet_aton(strtok(line, " \n"), &source);
    for (char *word; count < 32 && (word = strtok(NULL, " \n"));) ports[count++] = atoi(word);
    printf("%.0f\n", enter(ports, count));
    fflush(stdout);
    usleep(5000 + rand() % 50000);
  }
}
