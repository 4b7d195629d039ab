/** How often and how long things take their turn while capturing, and why. */

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

/**
 * How long packets are handed over before timers, commands and whoever asks have their
 * turn: a packet that opens a door costs a hundred times one that does not.
 */
export const SLICE_MS = 20;
