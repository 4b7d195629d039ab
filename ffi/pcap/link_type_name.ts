/** What libpcap calls a link type. */
import { pointerText } from "../c_string.ts";
import { loadPcap } from "./pcap_library.ts";

/** `IEEE802_11 (802.11, 105)`; of one without a name, its number. */
export function linkTypeName(linkType: number): string {
  const pcap = loadPcap();
  const name = pointerText(pcap.pcap_datalink_val_to_name(linkType));
  const meaning = pointerText(pcap.pcap_datalink_val_to_description(linkType));
  return name === "" ? `of link type ${linkType}` : `${name} (${meaning}, ${linkType})`;
}
