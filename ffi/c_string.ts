/** Text to C and back. */

/** Text as C wants it: UTF-8 with a zero byte at the end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}

/** The text that C left in a buffer of ours. */
export function bufferText(buffer: Uint8Array): string {
  return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
}

/** The text at an address; empty at the null pointer. */
export function pointerText(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();
}
