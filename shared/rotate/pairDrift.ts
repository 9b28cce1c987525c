import type { Credential } from "../model/credential.ts";
import type { RoleFacts } from "./roleFacts.ts";
import type { Remark } from "./tickReport.ts";

const compared = ["attributes", "connectionLimit", "validUntil", "settings", "databaseSettings", "memberOf"] as const;

/**
 * Where the two roles of a pair differ, or do not act as their owner: an application would lose rights, or objects,
 * with the switch.
 *
 * @param ownerExists whether there is a role of the owner's name
 */
export function pairDrift(
  [first, second]: readonly RoleFacts[],
  { owner, validForMs }: Pick<Credential, "owner" | "validForMs">,
  ownerExists: boolean,
): readonly Remark[] {
  if (first === undefined || second === undefined) return [];
  const drift: Remark[] = [];
  for (const aspect of compared) {
    // With validFor each apply sets its own VALID UNTIL.
    if (aspect === "validUntil" && validForMs !== null) continue;
    const [one, other] = [textOf(first[aspect]), textOf(second[aspect])];
    if (one === other) continue;
    const message = `Roles ${first.name} and ${second.name} differ in ${words[aspect]}: ${one} and ${other}.`;
    drift.push({ code: "PAIR_DRIFT", message, remedy: `Give both roles the same ${words[aspect]}.` });
  }
  return owner === null ? drift : [...drift, ...ownerDrift([first, second], owner, ownerExists)];
}

const words: Readonly<Record<(typeof compared)[number], string>> = {
  attributes: "attributes",
  connectionLimit: "connection limit",
  validUntil: "VALID UNTIL",
  settings: "settings",
  databaseSettings: "settings by database",
  memberOf: "memberships",
};

/**
 * An owner that may still log in, as a role does that an application used alone before: it hinders no rotation, and the
 * application needs it until it reads the secret.
 */
export function ownerLogIn(owner: string): Remark {
  return {
    code: "PAIR_DRIFT",
    message: `Role ${owner} owns what both roles make, and may log in itself with a password that is not rotated.`,
    remedy: `Once nothing logs in as it: ALTER ROLE ${quoted(owner)} NOLOGIN;`,
  };
}

function ownerDrift(pair: readonly RoleFacts[], owner: string, ownerExists: boolean): readonly Remark[] {
  const drift: Remark[] = [];
  if (!ownerExists)
    drift.push({
      code: "PAIR_DRIFT",
      message: `There is no role ${owner} to own what both roles make.`,
      remedy: `CREATE ROLE ${quoted(owner)} NOLOGIN;`,
    });
  for (const { name, settings } of pair) {
    if (settings.some((setting) => setting === `role=${owner}` || setting === `role="${owner}"`)) continue;
    drift.push({
      code: "PAIR_DRIFT",
      message: `Role ${name} does not act as ${owner} when it logs in: the other role could not use what it makes.`,
      remedy: `ALTER ROLE ${quoted(name)} SET role = ${quoted(owner)};`,
    });
  }
  return drift;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function textOf(value: string | number | null | readonly string[]): string {
  if (value === null) return "none";
  if (typeof value === "string" || typeof value === "number") return String(value) || "none";
  return value.toSorted((a, b) => a.localeCompare(b, "en")).join(", ") || "none";
}
