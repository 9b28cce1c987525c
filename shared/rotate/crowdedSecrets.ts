import type { Credential } from "../model/credential.ts";
import type { Observed } from "./observe.ts";
import type { Remark } from "./tickReport.ts";

/** Key Vault backs up no secret that has more versions, and deletes none of them one by one. */
const MOST_IN_BACKUP = 500;
/** Early enough to move to another secret. */
const MANY = 400;

/** Which secrets of a credential near the number of versions from which Key Vault cannot back them up. */
export function crowdedSecrets(
  { published, pending }: Pick<Credential, "published" | "pending">,
  { versions }: Pick<Observed, "versions">,
): readonly Remark[] {
  const counted = [
    { name: published.name, count: versions.published },
    { name: pending.name, count: versions.pending },
  ];
  return counted
    .filter(({ count }) => count > MANY)
    .map(({ name, count }) => ({
      code: "VERSIONS_MANY",
      message: `${name} has ${count} versions; with more than ${MOST_IN_BACKUP} Key Vault cannot back it up.`,
      remedy: "Name another secret in pgwarden.yaml and have consumers read that one; a longer maxAge makes fewer.",
    }));
}
