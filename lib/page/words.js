/** Every word that the page shows, in the languages that it speaks. */

export const WORDS = {
  en: {
    title: "Knock",
    paste: "Paste the line that begins with otpauth://",
    read: "Use this line",
    keep: "Knock, and keep the key",
    once: "Knock once, keep nothing",
    keepWhy: "A key that is kept can be used here, and not be read or copied.",
    knock: "Knock",
    forget: "Remove this key",
    forgetSure: "Tap again to remove the key",
    door: "Door",
    host: "Host",
    time: "Time",
    knocking: "Knocking …",
    done: "Knocked. If key and clock are right, the door is open now: you can connect.",
    go: "Go on",
    wait: "This time step is used. The next knock leaves in {seconds} s.",
    passedOver:
      "Browsers refuse a port of this step. The next one is knocked in {seconds} s.",
    blocked:
      "Browsers refuse ports of this door in every step. Use the knockd client, or " +
      "other ports.",
    noUdp: "This door wants UDP, which this browser can't send: WebRTC is missing or " +
      "switched off. Use another browser, or the knockd client.",
    removed: "This key was removed in another window. To knock, open its link again.",
    cannotKeep: "This browser keeps no keys here (a private window?). Knock once.",
    notALink: "This is no line of knockd enroll.",
    boundDoor:
      "This door wants the address that you come from, which a page doesn't know. " +
      "Use the knockd client.",
    linkLocal: "Browsers can't reach a link-local address. Use the knockd client.",
    notSecure:
      "This page came over http, where browsers have no keys. Open it over https, " +
      "or as a file.",
    otherHost:
      "This page was made for another host: its policy lets it knock at that one alone.",
    clock:
      "The clock of this device is {seconds} s off. Knocks will fail until it is right.",
    failed: "That did not work: {reason}",
  },
  de: {
    title: "Anklopfen",
    paste: "Die Zeile einfügen, die mit otpauth:// beginnt",
    read: "Diese Zeile verwenden",
    keep: "Anklopfen, Schlüssel behalten",
    once: "Einmal anklopfen, nichts behalten",
    keepWhy:
      "Ein behaltener Schlüssel ist hier benutzbar, aber nicht lesbar oder kopierbar.",
    knock: "Anklopfen",
    forget: "Diesen Schlüssel entfernen",
    forgetSure: "Zum Entfernen nochmals tippen",
    door: "Tür",
    host: "Server",
    time: "Zeit",
    knocking: "Klopfe an …",
    done: "Angeklopft. Stimmen Schlüssel und Uhr, ist die Tür jetzt offen.",
    go: "Weiter",
    wait: "Dieser Zeitschritt ist verbraucht. In {seconds} s wird wieder geklopft.",
    passedOver:
      "Browser sperren einen Port dieses Schritts. Der nächste ist in {seconds} s dran.",
    blocked:
      "Browser sperren in jedem Schritt Ports dieser Tür. Bitte den knockd-Client oder " +
      "andere Ports verwenden.",
    noUdp:
      "Diese Tür verlangt UDP, das dieser Browser nicht sendet: WebRTC fehlt oder ist " +
      "abgeschaltet. Bitte einen anderen Browser oder den knockd-Client verwenden.",
    removed:
      "Der Schlüssel wurde in einem anderen Fenster entfernt. Bitte den Link nochmals " +
      "öffnen.",
    cannotKeep:
      "Dieser Browser behält hier keine Schlüssel (privates Fenster?). Bitte einmal " +
      "anklopfen.",
    notALink: "Das ist keine Zeile von knockd enroll.",
    boundDoor:
      "Diese Tür verlangt die Adresse, von der Sie kommen; eine Seite kennt sie " +
      "nicht. Bitte den knockd-Client verwenden.",
    linkLocal:
      "Browser erreichen keine link-lokale Adresse. Bitte den knockd-Client verwenden.",
    notSecure:
      "Die Seite kam über http, wo Browser keine Schlüssel haben. Bitte über https " +
      "oder als Datei öffnen.",
    otherHost:
      "Diese Seite ist für einen anderen Server gemacht und darf nur dort anklopfen.",
    clock:
      "Die Uhr dieses Geräts geht {seconds} s falsch. Bis sie stimmt, klopft es vergebens.",
    failed: "Das ging nicht: {reason}",
  },
};

/** The words of a language that somebody prefers. */
export function wordsFor(languages) {
  const known = languages.map((language) => language.slice(0, 2).toLowerCase());
  const language = known.find((name) => Object.hasOwn(WORDS, name)) ?? "en";
  return { language, words: WORDS[language] };
}

/** A text with its {names} filled in. */
export function fill(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
