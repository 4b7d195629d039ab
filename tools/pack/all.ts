/** All that the library has, for one bundle: modules that share a file have its name. */

export * from "../../lib/library/enrolment.ts";
export * from "../../lib/library/packet.ts";
export * from "../../lib/library/sequence.ts";
