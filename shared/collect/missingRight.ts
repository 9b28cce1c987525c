import type { Unavailable } from "../model/section.ts";
import { unavailable } from "./section.ts";

/** A predefined role that the login lacks, why that matters, and the statement that helps. */
export function missingRight(right: string, login: string, effect: string): Unavailable {
  const grant = `grant ${right} to ${quoteIdentifier(login)}`;
  return unavailable("denied", `Login ${login} is no member of ${right}: ${effect}. An administrator runs: ${grant};`);
}

/** For statements that a person copies; never sent by us. */
function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
