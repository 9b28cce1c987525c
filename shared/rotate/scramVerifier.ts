import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { SecretValue } from "../model/secretValue.ts";

/** PostgreSQL's own default; a server with a lower `scram_iterations` gets this all the same. */
const FEWEST_ITERATIONS = 4096;

/**
 * What PostgreSQL stores for a password (postgres/postgres `src/common/scram-common.c`). Sent in the password's place,
 * it keeps the password out of logs, pg_stat_activity and Query Store.
 *
 * @param password printable ASCII, where SASLprep changes nothing
 * @param salt 16 bytes, fresh for each verifier
 * @param iterations `scram_iterations` of the server
 */
export function scramVerifier(password: SecretValue, salt: Uint8Array, iterations = FEWEST_ITERATIONS): string {
  const rounds = Math.max(FEWEST_ITERATIONS, iterations);
  const salted = pbkdf2Sync(password.reveal().normalize("NFKC"), salt, rounds, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${rounds}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}
