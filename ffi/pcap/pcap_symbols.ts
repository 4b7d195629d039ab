/** The functions of libpcap that we call, each with its C prototype. */

/** Prototypes for `Deno.dlopen`, as declared in pcap/pcap.h (libpcap 1.5 and later). */
export const pcapSymbols = {
  // const char *pcap_lib_version(void);
  pcap_lib_version: { parameters: [], result: "pointer" },

  // pcap_t *pcap_create(const char *source, char *errbuf);
  pcap_create: { parameters: ["buffer", "buffer"], result: "pointer" },
  // int pcap_set_snaplen(pcap_t *p, int snaplen);
  pcap_set_snaplen: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_set_promisc(pcap_t *p, int promisc);
  pcap_set_promisc: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_set_immediate_mode(pcap_t *p, int immediate_mode);
  pcap_set_immediate_mode: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_set_buffer_size(pcap_t *p, int buffer_size);
  pcap_set_buffer_size: { parameters: ["pointer", "i32"], result: "i32" },
  // int pcap_activate(pcap_t *p);
  pcap_activate: { parameters: ["pointer"], result: "i32" },
  pcap_activate_meanwhile: {
    name: "pcap_activate",
    parameters: ["pointer"],
    result: "i32",
    nonblocking: true,
  },
  // int pcap_setnonblock(pcap_t *p, int nonblock, char *errbuf);
  pcap_setnonblock: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  // int pcap_setdirection(pcap_t *p, pcap_direction_t d);
  pcap_setdirection: { parameters: ["pointer", "i32"], result: "i32" },

  // pcap_t *pcap_open_offline(const char *fname, char *errbuf);
  pcap_open_offline: { parameters: ["buffer", "buffer"], result: "pointer" },
  // void pcap_close(pcap_t *p);
  pcap_close: { parameters: ["pointer"], result: "void" },

  // int pcap_datalink(pcap_t *p);
  pcap_datalink: { parameters: ["pointer"], result: "i32" },
  // const char *pcap_datalink_val_to_name(int dlt);
  pcap_datalink_val_to_name: { parameters: ["i32"], result: "pointer" },
  // const char *pcap_datalink_val_to_description(int dlt);
  pcap_datalink_val_to_description: { parameters: ["i32"], result: "pointer" },
  // int pcap_snapshot(pcap_t *p);
  pcap_snapshot: { parameters: ["pointer"], result: "i32" },
  // int pcap_get_tstamp_precision(pcap_t *p);
  pcap_get_tstamp_precision: { parameters: ["pointer"], result: "i32" },
  // int pcap_get_selectable_fd(pcap_t *p);
  pcap_get_selectable_fd: { parameters: ["pointer"], result: "i32" },
  // char *pcap_geterr(pcap_t *p);
  pcap_geterr: { parameters: ["pointer"], result: "pointer" },
  // const char *pcap_statustostr(int error);
  pcap_statustostr: { parameters: ["i32"], result: "pointer" },
  // int pcap_stats(pcap_t *p, struct pcap_stat *ps);
  pcap_stats: { parameters: ["pointer", "buffer"], result: "i32" },

  // int pcap_compile(pcap_t *p, struct bpf_program *fp, const char *str,
  //                  int optimize, bpf_u_int32 netmask);
  pcap_compile: {
    parameters: ["pointer", "buffer", "buffer", "i32", "u32"],
    result: "i32",
  },
  // int pcap_setfilter(pcap_t *p, struct bpf_program *fp);
  pcap_setfilter: { parameters: ["pointer", "buffer"], result: "i32" },
  // void pcap_freecode(struct bpf_program *fp);
  pcap_freecode: { parameters: ["buffer"], result: "void" },

  // int pcap_dispatch(pcap_t *p, int cnt, pcap_handler callback, u_char *user);
  pcap_dispatch: { parameters: ["pointer", "i32", "pointer", "pointer"], result: "i32" },
  // void pcap_dump(u_char *user, struct pcap_pkthdr *h, u_char *sp);
  // Its address is what pcap_dispatch calls for each packet; JavaScript never calls it.
  pcap_dump: { type: "pointer" },
  // pcap_dumper_t *pcap_dump_fopen(pcap_t *p, FILE *fp);
  pcap_dump_fopen: { parameters: ["pointer", "pointer"], result: "pointer" },
  // long pcap_dump_ftell(pcap_dumper_t *p);
  pcap_dump_ftell: { parameters: ["pointer"], result: "isize" },
  // void pcap_dump_close(pcap_dumper_t *p);
  pcap_dump_close: { parameters: ["pointer"], result: "void" },
} as const;
