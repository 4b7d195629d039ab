/** Characters that look like a space and are none to a program that reads a config. */

/** One of them: a no-break space, or one without a width, as web pages have them. */
export const ODD_SPACE = /[\u00a0\u00ad\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]/;

/** What to do about one. */
export const ODD_SPACE_HINT =
  "it has a space that is none, as web pages have them: type the line anew";
