/** libpcap's steps from the name of an interface to a handle that hears. */

import { bufferText, cString, pointerText } from "../c_string.ts";
import { showsReceivedAsSent } from "../interface_state.ts";
import { closeOnExec, ignoreOutgoing } from "../libc.ts";
import { ACTIVATION_ERRORS, ERROR_SIZE, INBOUND } from "./pcap_constants.ts";
import { PcapError } from "./pcap_error.ts";
import { loadPcap } from "./pcap_library.ts";

/** How to open an interface. */
export interface LiveOptions {
  /** Bytes to keep of each packet. */
  readonly snapLength: number;
  /** Bytes of the kernel's ring. */
  readonly ringSize: number;
}

/** A handle for an interface, to be activated; throws a PcapError. */
export function newHandle(name: string, options: LiveOptions): Deno.PointerObject {
  const pcap = loadPcap();
  const problem = new Uint8Array(ERROR_SIZE);
  const handle = pcap.pcap_create(cString(name), problem);
  if (handle === null) throw new PcapError("other", `${name}: ${bufferText(problem)}`);
  pcap.pcap_set_snaplen(handle, options.snapLength);
  pcap.pcap_set_promisc(handle, 0);
  pcap.pcap_set_immediate_mode(handle, 1);
  pcap.pcap_set_buffer_size(handle, options.ringSize);
  return handle;
}

/**
 * Makes a handle ready to be polled and read, `status` being what pcap_activate gave.
 *
 * @returns Its descriptor.
 * @throws {PcapError}
 */
export function listen(
  name: string,
  handle: Deno.PointerObject,
  status: number,
): number {
  const pcap = loadPcap();
  if (status < 0) {
    const code = ACTIVATION_ERRORS.get(status) ?? "other";
    const detail = pointerText(pcap.pcap_geterr(handle));
    const what = detail === "" ? pointerText(pcap.pcap_statustostr(status)) : detail;
    throw new PcapError(code, `${name}: ${what}`);
  }
  const problem = new Uint8Array(ERROR_SIZE);
  if (pcap.pcap_setnonblock(handle, 1, problem) !== 0) {
    throw new PcapError("other", `${name}: ${bufferText(problem)}`);
  }
  const fd = pcap.pcap_get_selectable_fd(handle);
  if (fd < 0) throw new PcapError("other", `${name}: cannot be waited for`);
  closeOnExec(fd);
  // Where a device can't tell the direction we also hear ourselves, which harms
  // nobody: what this host sends is not addressed to it.
  if (showsReceivedAsSent(fd, name)) return fd;
  pcap.pcap_setdirection(handle, INBOUND);
  ignoreOutgoing(fd);
  return fd;
}
