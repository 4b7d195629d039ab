/** What came of a knock. */

/** What came of a knock, and whether it used up something that works only once. */
export type Answer =
  /** The door opens, or its start command runs once more. */
  | { readonly kind: "opened"; readonly spent: boolean }
  /** It is open, for longer now. */
  | { readonly kind: "extended"; readonly spent: boolean }
  /** It is being closed, and opens anew after that. */
  | { readonly kind: "waits"; readonly spent: boolean }
  /** Its command ran too short a time ago. */
  | { readonly kind: "cooling"; readonly spent: boolean }
  | { readonly kind: "refused"; readonly why: string; readonly spent: boolean };
