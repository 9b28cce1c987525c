import type { Credential, SecretRef } from "../model/credential.ts";
import { credentialOf } from "./credentialOf.ts";
import type { CredentialEntry } from "./credentialSchema.ts";

/** Two keys of a configuration that do not go together. */
export interface CredentialConflict {
  readonly index: number;
  readonly keys: readonly (string | number)[];
  readonly value: unknown;
  readonly allowed: string;
}

type Found = Omit<CredentialConflict, "index">;

const roleCount = { alternating: 2, single: 1, admin: 0 } as const;
const rolePhrase = {
  alternating: "a list of the two roles of the pair",
  single: "a list of the one role",
  admin: "an empty list, for Azure names the administrator",
} as const;

/** Above a day, which a reference of App Service may be old. */
const longestReferenceMs = 24 * 3_600_000;

/** Everything about entries that no single key can say: within each, and between them. */
export function credentialConflicts(entries: readonly CredentialEntry[]): readonly CredentialConflict[] {
  // Jitter shortens what was asked for; the rules hold for what was asked for.
  const credentials = entries.map((entry) => credentialOf(entry, 0));
  return credentials.flatMap((credential, index) => {
    const entry = entries[index];
    if (entry === undefined) return [];
    const found = [
      ...roleConflicts(credential),
      ...secretConflicts(credential, entry),
      ...timeConflicts(credential, entry),
      ...sharedConflicts(credential, credentials.slice(0, index)),
    ];
    return found.map((conflict) => ({ ...conflict, index }));
  });
}

function roleConflicts({ strategy, roles, owner }: Credential): readonly Found[] {
  const found: Found[] = [];
  const distinct = new Set(roles).size === roles.length;
  if (roles.length !== roleCount[strategy] || !distinct)
    found.push({ keys: ["roles"], value: roles, allowed: rolePhrase[strategy] });
  if (strategy === "alternating" && owner === null)
    found.push({ keys: ["owner"], value: null, allowed: "the NOLOGIN role that the pair are members of" });
  if (strategy !== "alternating" && owner !== null)
    found.push({ keys: ["owner"], value: owner, allowed: "no owner, which only an alternating pair has" });
  if (owner !== null && roles.includes(owner))
    found.push({ keys: ["owner"], value: owner, allowed: "another role than those that log in" });
  return found;
}

function secretConflicts(
  { strategy, published, pending, format }: Credential,
  entry: CredentialEntry,
): readonly Found[] {
  const found: Found[] = [];
  if (pending.name.length > 127) {
    const allowed = "a name of at most 121 characters, or a pending secret of another name";
    found.push({ keys: ["secret", "name"], value: entry.secret.name, allowed });
  }
  if (secretKey(published) === secretKey(pending)) {
    const allowed = "another secret than the published one";
    found.push({ keys: ["pending", "name"], value: pending.name, allowed });
  }
  if (strategy === "alternating" && format === "password") {
    const allowed = "json or uri, for the user changes too";
    found.push({ keys: ["format"], value: format, allowed });
  }
  return found;
}

function timeConflicts({ strategy, maxAgeMs, overlapMs, validForMs, consumers }: Credential, entry: CredentialEntry) {
  const found: Found[] = [];
  if (strategy !== "alternating" && entry.overlap !== undefined)
    found.push({ keys: ["overlap"], value: entry.overlap, allowed: "no overlap, which only an alternating pair has" });
  if (strategy === "alternating" && overlapMs >= maxAgeMs)
    found.push({ keys: ["overlap"], value: entry.overlap ?? "48h", allowed: "less than maxAge" });
  if (strategy === "alternating" && consumers === "reference" && overlapMs <= longestReferenceMs) {
    const allowed = "more than 24h, which a reference may be old";
    found.push({ keys: ["overlap"], value: entry.overlap ?? "48h", allowed });
  }
  if (strategy === "admin" && validForMs !== null) {
    const allowed = "no validFor, which Azure does not set for an administrator";
    found.push({ keys: ["validFor"], value: entry.validFor, allowed });
  } else if (validForMs !== null && validForMs <= maxAgeMs + overlapMs) {
    const allowed = strategy === "alternating" ? "more than maxAge and overlap together" : "more than maxAge";
    found.push({ keys: ["validFor"], value: entry.validFor, allowed });
  }
  return found;
}

/** What an earlier entry has already. */
function sharedConflicts(credential: Credential, earlier: readonly Credential[]): readonly Found[] {
  const found: Found[] = [];
  const { name, server, strategy } = credential;
  if (earlier.some((other) => other.name === name))
    found.push({ keys: ["name"], value: name, allowed: "a name that no other credential has" });

  for (const place of ["published", "pending"] as const) {
    const key = secretKey(credential[place]);
    const owner = earlier.find((other) => [other.published, other.pending].some((ref) => secretKey(ref) === key));
    if (owner === undefined) continue;
    const keys = [place === "published" ? "secret" : "pending", "name"];
    const allowed = `another secret than those of credential ${owner.name}`;
    found.push({ keys, value: credential[place].name, allowed });
  }

  const neighbours = earlier.filter((other) => other.server === server);
  for (const [index, role] of credential.roles.entries()) {
    const owner = neighbours.find(({ roles }) => roles.includes(role));
    if (owner === undefined) continue;
    const allowed = `another role than those of credential ${owner.name}`;
    found.push({ keys: ["roles", index], value: role, allowed });
  }
  if (strategy === "admin" && neighbours.some((other) => other.strategy === "admin"))
    found.push({ keys: ["strategy"], value: strategy, allowed: "one admin credential for a server" });
  return found;
}

/** Key Vault compares names without case. */
function secretKey({ vault, name }: SecretRef): string {
  return `${vault}/${name}`.toLowerCase();
}
