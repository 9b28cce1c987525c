import type { DatabaseAccess } from "../../access/accessInput.ts";
import type { AclGroup, DatabaseFacts } from "../../model/databaseEvidence.ts";

interface GrantEvidence {
  readonly acls: readonly AclGroup[];
  /** Null: not read; then nobody is known to be in `pg_database_owner`. */
  readonly databases: readonly DatabaseFacts[] | null;
  /** Null: not read; then CONNECT is taken for granted. */
  readonly sharedAcls: readonly AclGroup[] | null;
}

/** What questions about grants need of one database. */
export function grantAccess(name: string, { acls, databases, sharedAcls }: GrantEvidence): DatabaseAccess {
  return {
    name,
    owner: databases?.find((database) => database.name === name)?.owner ?? null,
    acls,
    sharedAcls,
    protectedTables: null,
    partitions: null,
    definerFunctions: null,
    protectedViews: null,
    publications: null,
  };
}
