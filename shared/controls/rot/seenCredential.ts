import type { CredentialLogin, ManagedCredential, PublishedEvidence } from "../../model/credentialEvidence.ts";
import { type SectionGap, subjectOf, unknownWithout } from "../control.ts";

const hourMs = 3600_000;

export const dayMs = 24 * hourMs;

/** Ticks come every five minutes and write at least every fifteen: what is older was left behind. */
const freshMs = hourMs;

export function credentialSubject({ name }: Pick<ManagedCredential, "name">): string {
  return subjectOf("credential", name);
}

/**
 * What the last tick saw of a credential.
 *
 * @returns a gap when there was none within the hour before the posture
 */
export function seenOf(
  credential: ManagedCredential,
  takenAt: string,
): { readonly seen: NonNullable<ManagedCredential["seen"]> } | { readonly gap: SectionGap } {
  const { name, seen } = credential;
  const subject = credentialSubject(credential);
  if (seen === null) {
    return { gap: unknownWithout(subject, "credentials", `rotation has not looked at credential ${name} yet.`) };
  }
  if (isFresh(seen.at, takenAt)) return { seen };
  const detail = `rotation looked at credential ${name} on ${seen.at} last; the recover timer runs every five minutes.`;
  return { gap: unknownWithout(subject, "credentials", detail) };
}

/** The newest proof of a kind of login. */
export function loginOf(
  logins: readonly CredentialLogin[],
  { name }: Pick<ManagedCredential, "name">,
  secret: CredentialLogin["secret"],
): CredentialLogin | undefined {
  return logins.find((login) => login.credential === name && login.secret === secret);
}

/** @param withinMs how old it may be at the instant of the posture */
export function isFresh(at: string, takenAt: string, withinMs = freshMs): boolean {
  return Date.parse(takenAt) - Date.parse(at) <= withinMs;
}

/**
 * Whole days that have passed; a clock that is ahead makes nothing younger than new. Messages name the instant and not
 * the days: a text that changed every day would be news in every ledger.
 */
export function daysSince(at: string, takenAt: string): number {
  return Math.max(0, Math.floor((Date.parse(takenAt) - Date.parse(at)) / dayMs));
}

/**
 * When the password was set, as far as it is known: a version that was published once more, or imported, is younger than
 * what it holds.
 */
export function passwordSetAt(published: PublishedEvidence, seen: NonNullable<ManagedCredential["seen"]>): string {
  const { createdAt, key, tags } = published;
  const applied = seen.ledger !== null && seen.ledger.rotationId === key?.rotationId ? seen.ledger.appliedAt : null;
  const known = [createdAt, applied, tags.rotatedAt].filter((at) => at !== null && !Number.isNaN(Date.parse(at)));
  return known.toSorted((a, b) => Date.parse(a ?? "") - Date.parse(b ?? ""))[0] ?? createdAt;
}
