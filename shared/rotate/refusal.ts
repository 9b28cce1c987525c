import { RotationError, type RotationCode } from "./rotationError.ts";

const refusals: Partial<Readonly<Record<RotationCode, readonly [message: string, remedy: string]>>> = {
  SECRET_MISSING: ["Nothing is published yet.", "pgwarden rotate <name> makes the first version."],
  SECRET_DISABLED: [
    "The newest version of the published secret is disabled, and Key Vault does not fall back to the one before.",
    "az keyvault secret set-attributes --vault-name <vault> --name <secret> --version <version> --enabled true",
  ],
  SECRET_UNREADABLE: [
    "A version holds nothing that pgwarden can read as a login.",
    "Look at the newest versions of both secrets; write a value with user and password, or run pgwarden rotate <name>.",
  ],
  CREDENTIAL_CHANGED: [
    "The pending secret holds an open rotation of another credential.",
    "Give each credential a pending secret of its own.",
  ],
  LOGIN_REFUSED: [
    "The published secret, which pgwarden did not write, does not log in.",
    "Write the right value, or run pgwarden rotate <name>.",
  ],
  OUT_OF_BAND: [
    "The password was changed by hand: no stored version logs in.",
    "pgwarden rotate <name>, or set outOfBand of the credential to rotate.",
  ],
};

/** A state of vault and server that nothing here may mend, in words. */
export function refusal(code: RotationCode): RotationError {
  const [message, remedy] = refusals[code] ?? [`The credential is not as pgwarden left it (${code}).`, null];
  return new RotationError(message, { code, effect: "none", remedy });
}
