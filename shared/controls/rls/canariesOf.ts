import type { Canary, Policy } from "../../model/policy.ts";

/** The canaries of one server. @param server its name, which Azure compares without case */
export function canariesOf({ rowSecurity }: Pick<Policy, "rowSecurity">, server: string): readonly Canary[] {
  return rowSecurity.canaries.filter((canary) => canary.server === undefined || canary.server === server.toLowerCase());
}
