/**
 * The numbers of a config: what is meant when nothing is said, and how far one can go.
 */

import { MAX_OTP_LENGTH, MAX_PERIOD, MIN_OTP_LENGTH } from "../core/one_time/derive.ts";
import { MAX_WINDOW, USUAL_WINDOW } from "../core/one_time/enrolment.ts";

/** Seconds between the first and the last hit, as in knockd 0.8. */
export const DEFAULT_SEQ_TIMEOUT = 25;
/** Seconds from opening to closing, as in knockd 0.8. */
export const DEFAULT_CMD_TIMEOUT = 10;
/** Foreign ports that may be hit during a knock. */
export const DEFAULT_TOLERANCE = 2;
/** Seconds after which a command that still runs is killed. */
export const DEFAULT_COMMAND_TIMEOUT = 30;
/** Addresses that a door is open for at once, and the most that can be asked for. */
export const MAX_OPEN = { max: 1_000_000, default: 1024 };
/** What counts in a TOML config: the first packet of a connection, and nothing else. */
export const DEFAULT_TCP_FLAGS = "syn,!ack";

/** Longest of all times: a year. */
export const MAX_SECONDS = 31_536_000;
/** Most foreign ports that can be tolerated. */
export const MAX_TOLERANCE = 64;
/** Ports and ranges of ports that a door opens at most. */
export const MAX_OPEN_PORTS = 128;
/** Networks that need no knock on a door, at most. */
export const MAX_NETWORKS = 128;
/** Ports whose packets never count, at most. */
export const MAX_IGNORED_PORTS = 1024;
/** Bytes in the file of a secret or a password, spaced out generously. */
export const MAX_SECRET_FILE_BYTES = 4096;
/** Longest name of a door, as in knockd 0.8. */
export const MAX_DOOR_NAME = 127;

/** Days that the history goes back. */
export const HISTORY_DAYS = { min: 1, max: 3650, default: 90 };
/** Happenings in the history. */
export const HISTORY_ROWS = { min: 1, max: 1_000_000, default: 100_000 };

/** Seconds that a knock waits for the fleet's engine. */
export const FLEET_TIMEOUT = { min: 1, max: 30, default: 3 };

/** Ports in a one-time sequence at least and at most (docs/sequence-v1.md). */
export const OTP_LENGTH = { min: MIN_OTP_LENGTH, max: MAX_OTP_LENGTH, default: 5 };
/** Seconds in a time step. */
export const OTP_PERIOD = { min: 5, max: MAX_PERIOD, default: 30 };
/** Time steps to either side of the current one. */
export const OTP_WINDOW = { min: 0, max: MAX_WINDOW, default: USUAL_WINDOW };
/** Counters beyond the stored one. */
export const OTP_LOOK_AHEAD = { min: 0, max: 100, default: 10 };
/** The port range, both ends included. */
export const OTP_PORTS = "10000-59999";
/** Ports in the range for each port of a sequence, at least. */
export const OTP_PORTS_PER_KNOCK = 4;
