import type { SecretRef } from "../model/credential.ts";
import type { NewSecret } from "../rotate/ports.ts";
import { RotationError } from "../rotate/rotationError.ts";

/** Of a name, a value in bytes, and tags; Key Vault takes tags of 512 characters by now, older documents say 256. */
const limits = { name: /^[0-9a-zA-Z-]{1,127}$/, valueBytes: 25_000, contentType: 255, tags: 15, tag: 256 };

/** @throws RotationError SECRET_REFUSED for a name that Key Vault cannot have, before anything is sent */
export function checkName(secret: SecretRef, verb: string): void {
  if (limits.name.test(secret.name)) return;
  throw refused(secret, verb, "a name has 1 to 127 letters, digits and hyphens");
}

/** @throws RotationError SECRET_REFUSED for content that Key Vault would not take, before anything is sent */
export function checkContent(secret: SecretRef, { value, contentType, tags }: NewSecret): void {
  const bytes = Buffer.byteLength(value.reveal());
  if (bytes > limits.valueBytes) {
    throw refused(secret, "written", `the value has ${bytes} bytes; allowed: ${limits.valueBytes}`);
  }
  if (contentType.length > limits.contentType) {
    throw refused(secret, "written", `the content type has ${contentType.length} characters; allowed: 255`);
  }
  const entries = Object.entries(tags);
  if (entries.length > limits.tags) {
    throw refused(secret, "written", `it has ${entries.length} tags; allowed: ${limits.tags}`);
  }
  const long = entries.find((pair) => pair.some((text) => text.length > limits.tag));
  if (long === undefined) return;
  throw refused(secret, "written", `tag ${long[0].slice(0, 40)} is longer than ${limits.tag} characters`);
}

function refused({ name, vault }: SecretRef, verb: string, why: string): RotationError {
  const message = `Secret ${name.slice(0, 128)} of ${vault} was not ${verb}: ${why}.`;
  return new RotationError(message, { code: "SECRET_REFUSED", effect: "none" });
}
