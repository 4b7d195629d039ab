/** What came of a knock. */
export type Answer =
  /** The door opens, or its start command runs once more. */
  | "opened"
  /** It is open, for longer now. */
  | "extended"
  /** It is being closed, and opens anew after that. */
  | "waits"
  /** Its command ran too short a time ago. */
  | "cooling"
  /** A limit or a fault keeps it shut, or what was knocked with was used before. */
  | "refused";
