import type { SecretPair } from "../model/credential.ts";
import { tag } from "./secretTags.ts";

/** What identifies and dates things and looks random all the same. */
const harmless = [
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, // a UUID
  /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/, // a day or an instant
  /^(https:\/\/[^@\s]+|\/subscriptions\/\S+)$/i, // an address without user, a resource
];

const shaped = [/^SCRAM-SHA-256\$/, /^md5[0-9a-f]{32}$/, /password\s*[=:]/i, /^[a-z]+:\/\/[^/\s:]*:[^/\s@]+@/i];

const SHORTEST = 12;

/**
 * Names of the tags that hold the published password, or something that looks like one. Everybody who may list secrets
 * reads their tags.
 *
 * @param pair what the secret holds; null when it holds no login
 */
export function suspectTags(tags: Readonly<Record<string, string>>, pair: SecretPair | null): readonly string[] {
  const secret = pair?.password.reveal() ?? "";
  const own: ReadonlySet<string> = new Set(Object.values(tag));
  return Object.entries(tags)
    .filter(([name, value]) => (secret !== "" && value.includes(secret)) || (!own.has(name) && looksSecret(value)))
    .map(([name]) => name)
    .toSorted();
}

/** No words, and at least three of the four classes of characters; the rest is a guess that a person looks at. */
function looksSecret(value: string): boolean {
  if (shaped.some((pattern) => pattern.test(value))) return true;
  if (value.length < SHORTEST || /\s/.test(value) || harmless.some((pattern) => pattern.test(value))) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(value));
  return classes.length >= 3;
}
