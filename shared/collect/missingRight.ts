import type { Unavailable } from "../model/section.ts";
import { unavailable } from "./section.ts";

/** A predefined role that the login lacks, why that matters, and the statement that helps. */
export function missingRight(right: string, login: string, effect: string): Unavailable {
  const grant = `grant ${right} to ${quoteIdentifier(login)}`;
  return unavailable("denied", `Login ${login} is no member of ${right}: ${effect}. An administrator runs: ${grant};`);
}

/** The login may not connect to a database, and what helps. */
export function missingConnect(database: string, login: string): Unavailable {
  const grant = `grant connect on database ${quoteIdentifier(database)} to ${quoteIdentifier(login)}`;
  return unavailable(
    "denied",
    `Login ${login} has no CONNECT on database ${database}. An administrator runs: ${grant};`,
  );
}

/** For statements that a person copies; never sent by us. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The grant that lets a login become a role and gives it nothing else; before PostgreSQL 16 it also inherits. */
export function becomeRole(role: string, login: string, major: number): string {
  const grant = `grant ${quoteIdentifier(role)} to ${quoteIdentifier(login)}`;
  return major >= 16 ? `${grant} with inherit false, set true` : grant;
}
