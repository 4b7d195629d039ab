/**
 * What is right and may be unwise: said by `check`, not by a daemon that starts.
 *
 * @module
 */
import type { Command, Door } from "../../core/door.ts";
import { formatKnock } from "../../core/sequence.ts";

/** A piece of advice. */
export interface Advice {
  /** Its name, by which it is found in the docs. */
  readonly name: string;
  /** The door that it is about. */
  readonly door: string;
  /** What is so. */
  readonly message: string;
  /** What would be better. */
  readonly hint: string;
}

/** Of each command by which doors that stay open are opened: who has it, in their order. */
type Openers = ReadonlyMap<string, readonly Door[]>;

type Judge = (door: Door, openers: Openers) => Omit<Advice, "door"> | undefined;

/** Advice on the doors of a config, in their order. */
export function adviceOn(doors: readonly Door[]): Advice[] {
  const openers = Map.groupBy(
    doors.filter(({ stop }) => stop === undefined),
    openingText,
  );
  return doors.flatMap((door) =>
    JUDGES.flatMap((judge) => {
      const advice = judge(door, openers);
      return advice === undefined ? [] : [{ door: door.name, ...advice }];
    })
  );
}

const FIREWALLS = /\b(ip6?tables|nft|ufw|firewall-cmd|ipset|pfctl)\b/;

const opensForAll: Judge = ({ start }) =>
  texts(start?.ipv4).some((text) => FIREWALLS.test(text) && !/%IP%|KNOCK_IP/.test(text))
    ? {
      name: "opens-for-all",
      message: "its command does not name the knocker: it opens for everybody",
      hint: "put %IP% where the address belongs",
    }
    : undefined;

const withoutWait: Judge = ({ start, stop }) =>
  [start?.ipv4, stop?.ipv4].flatMap(texts).some((text) =>
      /\bip6?tables (?!.*(-w|--wait)\b)/.test(text)
    )
    ? {
      name: "iptables-without-wait",
      message: "iptables fails when another runs at the same moment",
      hint: "iptables -w waits for its turn",
    }
    : undefined;

const oneFamily: Judge = ({ start }) =>
  start?.ipv4 !== undefined && start.ipv4 === start.ipv6 &&
    texts(start.ipv4).some((text) => /\biptables\b/.test(text))
    ? {
      name: "ipv4-command",
      message: "somebody who knocks over IPv6 runs iptables, which takes no IPv6 address",
      hint: 'start_command_6 with ip6tables, or start_command_6 = "" for nothing',
    }
    : undefined;

const BUSY: ReadonlySet<number> = new Set([22, 80, 443]);

const busyPort: Judge = ({ key }) => {
  const busy = key.kind === "static"
    ? key.sequence.find(({ port }) => BUSY.has(port))
    : undefined;
  return busy && {
    name: "busy-port",
    message: `others connect to ${formatKnock(busy)} all day, and take part in the knock`,
    hint: "choose ports that nobody uses",
  };
};

const metByScan: Judge = ({ key, tolerance }) => {
  if (key.kind !== "static" || key.sequence.length < 2) return undefined;
  const ports = key.sequence.map(({ port }) => port);
  const gaps = ports.slice(1).map((port, i) => port - ports[i]!);
  const ascending = gaps.every((gap) => gap > 0);
  const between = gaps.reduce((sum, gap) => sum + gap - 1, 0);
  if (!ascending || (tolerance >= 0 && between > tolerance)) return undefined;
  return {
    name: "met-by-scan",
    message: "a scan of all ports in their order opens it",
    hint: tolerance < 0
      ? "leave tolerance at 2"
      : "put the ports further apart, and not in order",
  };
};

const CLOSES = /(^|\s)(-D|--delete|delete|del)\s/;

const neverCloses: Judge = (door, openers) => {
  const { start, stop, kernel } = door;
  return kernel === undefined && stop === undefined &&
      pair(door, openers) === undefined &&
      texts(start?.ipv4).some((text) => FIREWALLS.test(text) && !CLOSES.test(text))
    ? {
      name: "never-closes",
      message: "what it opens stays open",
      hint: "a stop_command and cmd_timeout close it by itself",
    }
    : undefined;
};

const pair: Judge = (door, openers) => {
  if (door.stop !== undefined || door.key.kind !== "static") return undefined;
  const opening = openingText(door);
  const undone = opening.replace(/ (-A|-I)( INPUT)( 1)? /, " -D$2 ");
  if (undone === opening) return undefined;
  const other = openers.get(undone)?.find(({ name }) => name !== door.name);
  return other && {
    name: "open-close-pair",
    message: `${other.name} closes what this opens, if somebody remembers to knock there`,
    hint: "one door with both commands and a cmd_timeout does it by itself",
  };
};

const HIDDEN = /(^|[\s"'=])(\/root\/|\/home\/|sudo\b|at\s|mail\s)/;

const hidden: Judge = ({ start, stop }) => {
  const found = [start?.ipv4, stop?.ipv4].flatMap(texts)
    .map((text) => HIDDEN.exec(text)?.[2]?.trim()).find((part) => part !== undefined);
  return found === undefined ? undefined : {
    name: "hidden-by-the-unit",
    message: `the printed systemd unit keeps its commands from ${found}`,
    hint: "move the script to /usr/local, or loosen the unit by systemctl edit knockd",
  };
};

const JUDGES: readonly Judge[] = [
  ...[opensForAll, neverCloses, pair, metByScan, busyPort],
  ...[withoutWait, oneFamily, hidden],
];

/** A command as one text: what a shell gets, or the words of the program. */
function texts(command: Command | undefined): string[] {
  if (command === undefined || command.length === 0) return [];
  return [typeof command === "string" ? command : command.join(" ")];
}

function openingText({ start }: Door): string {
  return texts(start?.ipv4).join(" ");
}
