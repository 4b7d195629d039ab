/** The secret that the corpus holds, and a look-out for it. */
import assert from "node:assert/strict";

/** A secret of 20 bytes in Base32, of which no eight characters are a word. */
export const SECRET = "GEZDGNBVGY3TQOJQMFRGGZDFMZTWQ2LK";

const PIECE = 8;
const PIECES = Array.from(
  { length: SECRET.length - PIECE + 1 },
  (_, at) => SECRET.slice(at, at + PIECE),
);

/** Where a secret, or what is taken for one, stands as a value. */
const VALUE = new RegExp(`=[ \\t]*["']?${SECRET}`, "g");

/**
 * Fails if what is shown to a user has a piece of the secret in it. A mutation may have made
 * a name of the secret, or left pieces of it anywhere: nobody can know those for what they
 * are, and anything may be shown.
 */
export function assertNoSecret(shown: string, input: string, known = VALUE): void {
  if (pieceIn(input.replaceAll(known, "")) !== undefined) return;
  assert.equal(pieceIn(shown), undefined, "a secret is shown");
}

function pieceIn(text: string): string | undefined {
  const upper = text.toUpperCase();
  return PIECES.find((piece) => upper.includes(piece));
}
