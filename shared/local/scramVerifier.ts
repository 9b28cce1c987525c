import { randomBytes } from "node:crypto";
import { SecretValue } from "../model/secretValue.ts";
import { scramVerifier as verifierOf } from "../rotate/scramVerifier.ts";

/** What PostgreSQL stores for a password; sending it keeps the password out of the server's log. */
export function scramVerifier(password: string, salt: Uint8Array = randomBytes(16)): string {
  return verifierOf(new SecretValue(password), salt);
}

/** ASCII, 192 bits. */
export function randomPassword(): SecretValue {
  return new SecretValue(randomBytes(24).toString("base64url"));
}
