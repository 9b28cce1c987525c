import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** Whether the file can be read and begins with a certificate in PEM. */
export function isCertificateFile(path: string): boolean {
  try {
    new X509Certificate(readFileSync(path));
    return true;
  } catch {
    return false;
  }
}
