/** The ring in which the kernel keeps packets for us. */

/**
 * Bytes of the kernel's ring, for each interface; every one of them is resident. A packet
 * takes 208 there with its header, so this is 20,160 of them: 67 ms of a flood of 300,000
 * a second. A quarter of it already loses packets of a flood of 500,000.
 */
export const RING_SIZE = 4 * 1024 * 1024;

/** Batches that a ring of packets holds, and some. */
export const RING_BATCHES = 32;
