/** What kind of object an ACL belongs to. */
export type ObjectKind =
  | "database"
  | "tablespace"
  | "parameter"
  | "schema"
  | "table"
  | "view"
  | "matview"
  | "foreign_table"
  | "sequence"
  | "column"
  | "function"
  | "procedure"
  | "aggregate"
  | "type"
  | "domain"
  | "language"
  | "fdw"
  | "server"
  | "large_object";

/** One grantee's privileges on the objects of an ACL group. */
export interface Grant {
  /** Null is PUBLIC. A dangling OID stays `oid:16401`. */
  readonly grantee: string | null;
  /** ACL letters in ascending order, `*` behind a grantable one: `ar*w`. Unknown letters are kept. */
  readonly privileges: string;
  /** Who granted, sorted: evidence, not identity. */
  readonly grantors: readonly string[];
}

/** Objects of one kind and schema with the same owner and the same ACL (roles.md §1.6). NULL ACLs are expanded. */
export interface AclGroup {
  readonly kind: ObjectKind;
  /** Null for objects outside schemas. */
  readonly schema: string | null;
  readonly owner: string;
  /** The owner holds every privilege of this kind and version; its grant is left out then. */
  readonly ownerFull: boolean;
  /** Sorted by grantee, PUBLIC first. */
  readonly grants: readonly Grant[];
  /** Names without schema; columns as `table.column`, functions as `name(input types)`. */
  readonly objects: readonly string[];
}

/** A difference from the built-in default privileges (roles.md §1.7). */
export interface DefaultPrivilege {
  readonly owner: string;
  /** Null holds in every schema. */
  readonly schema: string | null;
  readonly kind: "table" | "sequence" | "function" | "type" | "schema" | "large_object";
  /** `+`: granted on future objects. `-`: a built-in default that was taken away. */
  readonly sign: "+" | "-";
  /** Null is PUBLIC. */
  readonly grantee: string | null;
  /** Privilege names, `*` behind a grantable one, sorted. */
  readonly privileges: readonly string[];
}

/** A table with row security on, forced, or with policies. */
export interface ProtectedTable {
  readonly schema: string;
  readonly table: string;
  readonly owner: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policyCount: number;
  readonly partitioned: boolean;
}

export interface RowPolicy {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly command: "ALL" | "SELECT" | "INSERT" | "UPDATE" | "DELETE";
  readonly permissive: boolean;
  /** Null is PUBLIC, which stands alone; role names are sorted. */
  readonly roles: readonly (string | null)[];
  /** Deparsed text under `search_path = pg_catalog`; comparable within one server version only. */
  readonly using: string | null;
  readonly check: string | null;
  /** Columns of the table that an expression names and that hold a value in every row, sorted. */
  readonly notNull: readonly string[];
}

/** A partition of a protected table, at any depth. */
export interface Partition {
  readonly schema: string;
  readonly table: string;
  readonly parentSchema: string;
  readonly parentTable: string;
  readonly enabled: boolean;
}

export interface DefinerFunction {
  readonly schema: string;
  /** `name(input types)`. */
  readonly signature: string;
  readonly owner: string;
  readonly language: string;
  /** The function's own `search_path`; null when it has none. */
  readonly searchPath: string | null;
  /** MD5 of the body: shows a change without keeping the source. */
  readonly bodyMd5: string;
  readonly publicExecute: boolean;
  readonly extension: boolean;
  /** Protected tables whose names the body holds as words: a hint, for SQL in text cannot be resolved. */
  readonly mentions: readonly string[];
}

/** A view or materialised view over a protected table, at any depth. */
export interface ProtectedView {
  readonly schema: string;
  readonly view: string;
  readonly owner: string;
  readonly materialized: boolean;
  /** `security_invoker`; from 15. */
  readonly invoker: boolean;
  readonly tableSchema: string;
  readonly table: string;
  /** Views on the way, 1 for a view straight over the table. */
  readonly depth: number;
  /**
   * With whose rights the table is read in the end, through every chain of views: null is who asks, then names, sorted.
   * Only the lowest view of a chain decides. Empty: all that is read is what a materialised view keeps.
   */
  readonly readsAs: readonly (string | null)[];
}

export interface Extension {
  readonly name: string;
  readonly version: string;
  readonly defaultVersion: string | null;
  readonly schema: string;
  readonly owner: string;
}

export interface EventTrigger {
  readonly name: string;
  readonly event: string;
  /** `O`, `D`, `R` or `A`, as `evtenabled`. */
  readonly enabled: string;
  readonly owner: string;
  /** `schema.name`. */
  readonly function: string;
}

export interface Publication {
  readonly name: string;
  readonly owner: string;
  readonly allTables: boolean;
  /** `schema.table`, sorted. */
  readonly tables: readonly string[];
  readonly schemas: readonly string[];
}

export interface UserMapping {
  readonly server: string;
  /** Null is PUBLIC. */
  readonly role: string | null;
}

export interface ForeignServer {
  readonly name: string;
  readonly wrapper: string;
  readonly owner: string;
  /** `option=value`; values that may be secret are `<redacted>`. */
  readonly options: readonly string[];
}

export interface Language {
  readonly name: string;
  readonly trusted: boolean;
  readonly owner: string;
}

/** A function worth a look: written in an untrusted language, or LEAKPROOF; extensions' own are left out. */
export interface NotableFunction {
  readonly schema: string;
  readonly signature: string;
  readonly owner: string;
  readonly language: string;
  readonly trustedLanguage: boolean;
  readonly leakproof: boolean;
}

export interface CronJob {
  readonly schedule: string;
  readonly database: string;
  readonly role: string;
  readonly active: boolean;
  readonly commandMd5: string;
}

/** Columns by name only, of ordinary tables in user schemas. */
export interface SensitiveColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** From `pg_database`, read once per server. */
export interface DatabaseFacts {
  readonly name: string;
  readonly owner: string;
  readonly allowsConnections: boolean;
  readonly template: boolean;
  /** Whether this login may connect. */
  readonly connectable: boolean;
  /** Left out by configuration. */
  readonly excluded: boolean;
}

export interface Subscription {
  readonly database: string;
  readonly name: string;
  readonly owner: string;
  readonly enabled: boolean;
  readonly publications: readonly string[];
  /** Null before 16. */
  readonly passwordRequired: boolean | null;
  readonly runAsOwner: boolean | null;
}

export interface ReplicationSlot {
  readonly name: string;
  /** `physical` or `logical`. */
  readonly type: string;
  readonly database: string | null;
  readonly active: boolean;
  /** Bytes of WAL it holds back; null when it holds none. */
  readonly retainedBytes: number | null;
}
