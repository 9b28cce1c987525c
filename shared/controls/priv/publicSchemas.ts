import type { AclGroup } from "../../model/databaseEvidence.ts";
import { lettersOf } from "./privilegeNames.ts";

/** Whether PUBLIC has CREATE on the schemas of a group. */
export function publicMayCreate({ grants }: AclGroup): boolean {
  return grants.some(({ grantee, privileges }) => grantee === null && lettersOf(privileges).includes("C"));
}
