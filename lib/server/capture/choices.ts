/** What we chose for capturing, and why. */

/**
 * Bytes kept of a packet: Ethernet with two VLAN tags (22), IPv6 (40) and TCP (20) leave
 * 46 for extension headers; IPv4 with all its options and TCP are 102.
 */
export const SNAP_LENGTH = 128;

/**
 * Bytes kept where single packets are taken: two VLAN tags (22), IPv6 (40), 128 of
 * extension headers, UDP (8) and 24 of payload are 222. Less of them fit into the ring.
 */
export const PACKET_SNAP_LENGTH = 256;

/**
 * Bytes of the kernel's ring, for each interface; every one of them is resident. A packet
 * takes 208 there with its header, so this is 20,160 of them: 67 ms of a flood of 300,000
 * a second. A quarter of it already loses packets of a flood of 500,000.
 */
export const RING_SIZE = 4 * 1024 * 1024;

/**
 * How often interfaces, addresses and the default route are looked at while one of them is
 * deaf, or where the system does not tell of changes.
 */
export const LOOK_MS = 500;

/**
 * How often they are looked at while all is well and the system tells of changes: to be on
 * the safe side. Each look is about three wake-ups.
 */
export const SAFETY_LOOK_MS = 5000;

/** How long after a change to look: others often follow, and a router has many. */
export const SETTLE_MS = 100;

/** How long traffic is let gather before the next read while it is heavy. */
export const COALESCE_MS = 1;

/** Packets that may come at once before traffic is heavy: more than any knock has. */
export const BURST = 32;

/**
 * Packets a millisecond above which, in the long run, traffic is heavy. Being woken costs
 * about 50 microseconds, so that below this it stays under a tenth of a core.
 */
export const HEAVY_PER_MS = 1.6;

/** Batches that a ring of packets holds, and some. */
export const RING_BATCHES = 32;

/**
 * How long packets are handed over before timers, commands and whoever asks have their
 * turn: a packet that opens a door costs a hundred times one that does not.
 */
export const SLICE_MS = 20;
