import type { Role } from "../../model/catalogEvidence.ts";

/**
 * Whether somebody can log in as this role: VALID UNTIL ends passwords. It does not end tokens as far as anybody has
 * published, so a role with an Entra mapping stays usable.
 *
 * @param takenAt ISO 8601 in UTC
 */
export function isUsableLogin({ canLogIn, validUntil, entra }: Role, takenAt: string): boolean {
  return canLogIn && (entra !== null || !isOver(validUntil, takenAt));
}

function isOver(validUntil: string | null, takenAt: string): boolean {
  // `infinity` and null are no dates, and a comparison with NaN is false.
  return validUntil !== null && Date.parse(validUntil) <= Date.parse(takenAt);
}
