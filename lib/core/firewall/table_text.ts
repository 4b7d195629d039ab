/**
 * The table as commands of nft(8), one a line: blocks would have libnftables read all that
 * there is.
 */

import { doorMark, familiesOf, type GuardedDoor, setName } from "./guarded_door.ts";
import { type ChainName, chainRules, CHAINS, PRIORITY } from "./rules.ts";
import { tableNameProblem } from "./table_name.ts";

/** Elements in a set at most: addresses that a door is open for. */
export const SET_SIZE = 65_536;

const TYPES = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;
const FAMILIES = [4, 6] as const;
const CHAIN_NAMES = Object.keys(CHAINS) as ChainName[];

/**
 * Commands that make the table, or bring one that is there up to date: what lacks is added,
 * the rules are written anew, elements and their clocks stay.
 *
 * @param table has passed tableNameProblem
 * @param owner hex digits that tell whose table it is
 */
export function tableText(
  table: string,
  owner: string,
  doors: readonly GuardedDoor[],
): string {
  const rules = chainRules(doors);
  return lines([
    `add table inet ${table}`,
    ...doors.flatMap((door) => doorSets(table, door)),
    ...FAMILIES.map((family) => liveSet(table, family, owner)),
    ...chainCommands(table),
    ...CHAIN_NAMES.flatMap((name) =>
      rules[name].map((rule) => `add rule inet ${table} ${name} ${rule}`)
    ),
  ]);
}

/** Whose table such commands make; undefined where they are none of these. */
export function tableOfText(text: string): string | undefined {
  const [, table] = /^add table inet (\S+)$/m.exec(text) ?? [];
  return table !== undefined && tableNameProblem(table) === undefined ? table : undefined;
}

/**
 * Commands that take from a table its mark of whose it is, with the sessions that it knows
 * and its rules; its doors' sets stay.
 */
export function unmarkText(table: string): string {
  return lines([
    ...chainCommands(table),
    // One that somebody took away is no error.
    ...FAMILIES.map((family) => liveSet(table, family, "")),
    ...FAMILIES.map((family) => `delete set inet ${table} live_${family}`),
  ]);
}

/** Commands that delete sets, by their names; no rule may use them any more. */
export function deleteSetsText(table: string, names: readonly string[]): string {
  return lines(names.map((name) => `delete set inet ${table} ${name}`));
}

/** Commands that delete a table with all that is in it, whether or not it is there. */
export function deleteTableText(table: string): string {
  return lines([`add table inet ${table}`, `delete table inet ${table}`]);
}

/** The chains, without a rule. */
function chainCommands(table: string): string[] {
  return [
    ...CHAIN_NAMES.map((name) => `add chain inet ${table} ${name}${placeOf(name)}`),
    ...CHAIN_NAMES.map((name) => `flush chain inet ${table} ${name}`),
  ];
}

function placeOf(chain: ChainName): string {
  const { hook } = CHAINS[chain];
  if (hook === undefined) return "";
  return ` { type filter hook ${hook} priority ${PRIORITY}; policy accept; }`;
}

function doorSets(table: string, { door, number }: GuardedDoor): string[] {
  const flags = door.kernel.connections === 0 ? "timeout" : "timeout, dynamic";
  return familiesOf(door).map((family) =>
    `add set inet ${table} ${setName(number, family)} { type ${TYPES[family]}; ` +
    `flags ${flags}; size ${SET_SIZE}; comment "${doorMark(door)}"; }`
  );
}

function liveSet(table: string, family: 4 | 6, owner: string): string {
  const type = TYPES[family];
  return `add set inet ${table} live_${family} { ` +
    `type ${type} . inet_service . ${type} . inet_service; ` +
    `flags timeout; size ${SET_SIZE}; comment "${owner}"; }`;
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join("");
}
