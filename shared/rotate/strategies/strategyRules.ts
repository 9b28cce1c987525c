import type { Credential, CredentialServer } from "../../model/credential.ts";

/** What a strategy decides; the protocol is one for all. */
export interface StrategyRules {
  /** Whether passwords are changed by SQL, fenced by the rotation ledger; otherwise Azure Resource Manager does it. */
  readonly usesLedger: boolean;
  /** Whether consumers cannot log in between apply and publish. */
  readonly hasGap: boolean;
  /** Whether a rotation that cannot be published is taken back. */
  readonly compensates: boolean;
  /**
   * The role that gets the next password.
   *
   * @param publishedUser null before the first publication
   */
  nextRole(credential: Credential, server: CredentialServer, publishedUser: string | null): string;
}
