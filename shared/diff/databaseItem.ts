import * as v from "valibot";
import { itemAs } from "./items.ts";

// What databaseItems.ts writes, as it is read back. Each answers undefined for an absent item, and for one that is not
// what its key says.

const NullableText = v.nullable(v.string());

const ProtectedTableItem = v.object({
  owner: v.string(),
  enabled: v.boolean(),
  forced: v.boolean(),
  policyCount: v.nullable(v.number()),
  partitioned: v.boolean(),
});
const RowPolicyItem = v.object({
  command: v.string(),
  permissive: v.boolean(),
  roles: v.array(v.string()),
  using: NullableText,
  check: NullableText,
});
const PartitionItem = v.object({ parentSchema: v.string(), parentTable: v.string(), enabled: v.boolean() });
const DefinerFunctionItem = v.object({
  owner: v.string(),
  language: v.string(),
  searchPath: NullableText,
  bodyMd5: v.string(),
  publicExecute: v.boolean(),
  extension: v.boolean(),
});
const ProtectedViewItem = v.object({
  owner: v.string(),
  materialized: v.boolean(),
  invoker: v.boolean(),
  readsAs: v.optional(v.array(v.nullable(v.string()))),
});
const ExtensionItem = v.object({ version: v.string(), schema: v.string(), owner: v.string() });
const EventTriggerItem = v.object({ event: v.string(), enabled: v.string(), owner: v.string(), function: v.string() });
const PublicationItem = v.object({
  owner: v.string(),
  allTables: v.boolean(),
  tables: v.array(v.string()),
  schemas: v.array(v.string()),
});
const SubscriptionItem = v.object({
  owner: v.string(),
  enabled: v.boolean(),
  publications: v.array(v.string()),
  passwordRequired: v.nullable(v.boolean()),
  runAsOwner: v.nullable(v.boolean()),
});
const UserMappingItem = v.object({ server: v.string(), role: NullableText });
const ForeignServerItem = v.object({ wrapper: v.string(), owner: v.string(), options: v.array(v.string()) });
const LanguageItem = v.object({ trusted: v.boolean(), owner: v.string() });
const NotableFunctionItem = v.object({
  owner: v.string(),
  language: v.string(),
  trustedLanguage: v.boolean(),
  leakproof: v.boolean(),
});
const CronJobItem = v.object({ active: v.boolean() });
const DatabaseItem = v.object({ owner: v.string(), allowsConnections: v.boolean(), template: v.boolean() });
const OwnedItem = v.object({ owner: v.string() });

function reader<S extends v.GenericSchema>(schema: S): (value: unknown) => v.InferOutput<S> | undefined {
  return (value) => itemAs(schema, value);
}

export type DefinerFunctionItem = v.InferOutput<typeof DefinerFunctionItem>;
export type ProtectedViewItem = v.InferOutput<typeof ProtectedViewItem>;
export type RowPolicyItem = v.InferOutput<typeof RowPolicyItem>;

/** With whose rights a view that names a protected table reads it; null is who asks. */
export function ownReaders({
  owner,
  materialized,
  invoker,
}: Omit<ProtectedViewItem, "readsAs">): readonly (string | null)[] {
  return [invoker && !materialized ? null : owner];
}

export const protectedTableItem = reader(ProtectedTableItem);
export const rowPolicyItem = reader(RowPolicyItem);
export const partitionItem = reader(PartitionItem);
export const definerFunctionItem = reader(DefinerFunctionItem);
export const protectedViewItem = reader(ProtectedViewItem);
export const extensionItem = reader(ExtensionItem);
export const eventTriggerItem = reader(EventTriggerItem);
export const publicationItem = reader(PublicationItem);
export const subscriptionItem = reader(SubscriptionItem);
export const userMappingItem = reader(UserMappingItem);
export const foreignServerItem = reader(ForeignServerItem);
export const languageItem = reader(LanguageItem);
export const notableFunctionItem = reader(NotableFunctionItem);
export const cronJobItem = reader(CronJobItem);
export const databaseItem = reader(DatabaseItem);
export const ownedItem = reader(OwnedItem);
