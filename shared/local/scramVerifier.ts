import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { SecretValue } from "../model/secretValue.ts";

const ITERATIONS = 4096;

/** What PostgreSQL stores for a password; sending it keeps the password out of the server's log. */
export function scramVerifier(password: string, salt: Uint8Array = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, ITERATIONS, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

/** ASCII, 192 bits. */
export function randomPassword(): SecretValue {
  return new SecretValue(randomBytes(24).toString("base64url"));
}
