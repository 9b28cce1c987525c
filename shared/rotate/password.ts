import { SecretValue } from "../model/secretValue.ts";
import type { RotationPorts } from "./ports.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** With the unreserved marks of RFC 3986: they stand in a URI and in a shell as they are. */
const ALL = `${LETTERS}0123456789-_.~`;
const FEWEST_CHARACTERS = 40;

/**
 * A new password: printable ASCII, a letter first, all four classes, nothing that PostgreSQL takes for a hash.
 * It is drawn whole until it fits, so every password that fits is equally likely.
 *
 * @param length characters; fewer than 40 count as 40
 * @param role whose name the password must not contain
 */
export function newPassword(
  length: number,
  role: string,
  { randomInt }: Pick<RotationPorts, "randomInt">,
): SecretValue {
  function one(of: string): string {
    return of.charAt(randomInt(of.length));
  }

  const rest = Math.max(FEWEST_CHARACTERS, length) - 1;
  for (;;) {
    const password = one(LETTERS) + Array.from({ length: rest }, () => one(ALL)).join("");
    if (isAcceptable(password, role)) return new SecretValue(password);
  }
}

/** Whether a drawn password may be used: `md5` with 32 hex digits, for one, would be taken as a hash and never log in. */
export function isAcceptable(password: string, role: string): boolean {
  const hasAll = [/[a-z]/, /[A-Z]/, /[0-9]/, /[-_.~]/].every((characters) => characters.test(password));
  const looksHashed = /^md5[0-9a-f]{32}$/i.test(password) || password.startsWith("SCRAM-SHA-256$");
  return hasAll && !looksHashed && !password.toLowerCase().includes(role.toLowerCase());
}
