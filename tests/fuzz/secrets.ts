/** The secret that the corpus holds, and a look-out for it. */
import assert from "node:assert/strict";

/** A secret of 20 bytes in Base32, of which no eight characters are a word. */
export const SECRET = "GEZDGNBVGY3TQOJQMFRGGZDFMZTWQ2LK";

const PIECE = 8;
const PIECES = Array.from(
  { length: SECRET.length - PIECE + 1 },
  (_, at) => SECRET.slice(at, at + PIECE),
);

/**
 * Fails if what is shown to a user has a piece of the secret in it. A mutation may have left
 * pieces of it anywhere, which nobody can know for what they are: then all goes.
 */
export function assertNoSecret(shown: string, input: string): void {
  if (pieceIn(input.replaceAll(SECRET, "")) !== undefined) return;
  assert.equal(pieceIn(shown), undefined, "a secret is shown");
}

function pieceIn(text: string): string | undefined {
  const upper = text.toUpperCase();
  return PIECES.find((piece) => upper.includes(piece));
}
