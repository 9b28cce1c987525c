import type { Membership, Role, RoleSetting } from "../../model/catalogEvidence.ts";

interface PairEvidence {
  readonly roles: readonly Role[];
  readonly memberships: readonly Membership[];
  readonly roleSettings: readonly RoleSetting[];
}

/** What an application would notice of a switch from one role of a pair to the other. */
const aspects: readonly {
  readonly words: string;
  readonly textOf: (role: Role, evidence: PairEvidence) => string;
}[] = [
  { words: "attributes", textOf: attributesOf },
  { words: "connection limit", textOf: ({ connectionLimit }) => String(connectionLimit ?? "unlimited") },
  { words: "memberships", textOf: membershipsOf },
  { words: "settings", textOf: settingsOf },
];

/**
 * Where the two roles of a pair differ, one phrase each. That one of them may not log in is no difference: rotation
 * parks the role that nobody is given. Neither is VALID UNTIL, which each rotation sets anew.
 *
 * @param owner the role that both are to become at once; null when none is named
 */
export function pairDifferences(
  names: readonly string[],
  owner: string | null,
  evidence: PairEvidence,
): readonly string[] {
  const missing = names.filter((name) => !evidence.roles.some((role) => role.name === name));
  if (missing.length > 0) return missing.map((name) => `there is no role ${name}`);
  const pair = names.flatMap((name) => evidence.roles.find((role) => role.name === name) ?? []);
  const [first, second] = pair;
  if (first === undefined || second === undefined) return [];
  const differences = aspects.flatMap(({ words, textOf }) => {
    const [one, other] = [textOf(first, evidence), textOf(second, evidence)];
    return one === other ? [] : [`their ${words} differ (${one || "none"}; ${other || "none"})`];
  });
  const others = owner === null ? [] : pair.filter(({ name }) => !becomes(name, owner, evidence.roleSettings));
  return [...differences, ...others.map(({ name }) => `${name} does not act as ${owner ?? ""} when it logs in`)];
}

function attributesOf(role: Role): string {
  const flags = ["superuser", "inherit", "createRole", "createDb", "replication", "bypassRls"] as const;
  return flags.filter((flag) => role[flag]).join(", ");
}

/** Several grantors may each give options: what counts is their union. */
function membershipsOf({ name }: Role, { memberships }: PairEvidence): string {
  const granted = Map.groupBy(
    memberships.filter(({ member }) => member === name),
    ({ role }) => role,
  );
  const options = ["admin", "inherit", "set"] as const;
  return [...granted]
    .map(([role, edges]) => [role, ...options.filter((option) => edges.some((edge) => edge[option]))].join(" "))
    .toSorted()
    .join(", ");
}

function settingsOf({ name }: Role, { roleSettings }: PairEvidence): string {
  return roleSettings
    .filter(({ role }) => role === name)
    .map((setting) => `${setting.database === null ? "" : `${setting.database}: `}${setting.name}=${setting.value}`)
    .toSorted()
    .join(", ");
}

function becomes(name: string, owner: string, roleSettings: readonly RoleSetting[]): boolean {
  const own = roleSettings.find(
    (setting) => setting.role === name && setting.database === null && setting.name.toLowerCase() === "role",
  );
  return own?.value === owner || own?.value === `"${owner.replaceAll('"', '""')}"`;
}
