import * as v from "valibot";
import { canaries } from "./canarySchema.ts";
import { list, mapping, namePattern, oneOf, rolePair, text, wholeNumber, words, yesOrNo } from "./allowedValues.ts";

/*
 * The parts of the policy that say what may be inside a database. Names are compared exactly, as PostgreSQL stores
 * them; a slash or percent sign inside a name is written %2F or %25 where a slash separates, as in subjects of findings.
 */

function names(of: string, meaning: string) {
  return v.optional(v.pipe(list(words(`the name of ${of}`)), v.description(meaning)), []);
}

function tablePattern() {
  return text("a table as schema.table, with * for any characters", /^[^./%\s][^/%]*\.[^/%]*[^/%\s]$/u);
}

function qualified(what: string) {
  const part = "(?:[^/%]|%2[5F])+";
  return text(`a ${what} as database/schema.${what}`, new RegExp(`^${part}/${part}\\.${part}$`, "u"));
}

function policyName() {
  const part = "(?:[^/%]|%2[5F])+";
  return text("a policy as database/schema.table/policy", new RegExp(`^${part}/${part}\\.${part}/${part}$`, "u"));
}

export const Privileges = mapping({
  approvedGrantOption: names(
    "a role",
    "Grantees that may hold GRANT OPTION, for `priv-grant-option`. Default: owners only.",
  ),
  roleProfiles: v.optional(
    v.pipe(
      list(
        mapping({
          role: v.pipe(words("the name of a role"), v.description("The role.")),
          profile: v.pipe(
            oneOf("ro", "rw", "owner"),
            v.description("`ro` reads rows, `rw` reads and writes rows, `owner` may do everything."),
          ),
        }),
      ),
      v.description("What application roles may do to tables, for `priv-app-excess`. Default: no profile, not judged."),
    ),
    [],
  ),
  approvedDatabaseOwners: names(
    "a role",
    "Roles that may own a database, for `priv-database-owner`. Default: none beside the platform's and the administrator.",
  ),
  approvedParameterGrants: v.optional(
    v.pipe(
      list(rolePair("a pair parameter/grantee")),
      v.description("Grants on parameters that are meant to be, for `priv-parameter-acl`. Default: none."),
    ),
    [],
  ),
  approvedEventTriggers: names(
    "an event trigger",
    "Event triggers that are meant to be, for `priv-event-triggers`. Default: none.",
  ),
  sensitiveColumns: v.optional(
    v.pipe(
      list(namePattern()),
      v.description(
        "What sensitive columns are called: regular expressions that PostgreSQL compares without case, for `priv-sensitive-columns`. Default: not judged.",
      ),
    ),
    [],
  ),
  sensitiveColumnReaders: names(
    "a role",
    "Roles that may read sensitive columns, for `priv-sensitive-columns`. Default: owners only.",
  ),
});

export const RowSecurity = mapping({
  requiredTables: v.optional(
    v.pipe(
      list(tablePattern()),
      v.description("Tables that must have row security, for `rls-required-tables`. Default: not judged."),
    ),
    [],
  ),
  denyAllTables: v.optional(
    v.pipe(
      list(qualified("table")),
      v.description(
        "Tables with row security and without any policy that are meant to deny everything, for `rls-enabled-no-policy`. Default: none.",
      ),
    ),
    [],
  ),
  allowOpenSelect: v.optional(
    v.pipe(
      yesOrNo(),
      v.description(
        "True: a permissive SELECT policy may be true for every row, for `rls-always-true`. Default: reading is protected like writing.",
      ),
    ),
    false,
  ),
  publicPolicies: v.optional(
    v.pipe(
      list(policyName()),
      v.description("Policies that may hold for PUBLIC, for `rls-policy-to-public`. Default: none."),
    ),
    [],
  ),
  approvedCopies: v.optional(
    v.pipe(
      list(qualified("view")),
      v.description(
        "Materialised views and foreign tables that may copy protected rows, for `rls-matview-foreign`. Default: none.",
      ),
    ),
    [],
  ),
  canaries: canaries(),
});

export const Code = mapping({
  allowedExtensions: names(
    "an extension",
    "Values that the parameter `azure.extensions` may list, for `ext-allow-list`. Default: not judged.",
  ),
  approvedExtensions: v.optional(
    v.pipe(
      list(words("the name of an extension")),
      v.description(
        "Extensions that may be installed, for `ext-installed-approved`. Default: the one that every database has.",
      ),
    ),
    () => ["plpgsql"],
  ),
  preloadLibraries: names(
    "a library",
    "What `shared_preload_libraries` must be, for `ext-preload-approved`. Default: not judged.",
  ),
  approvedForeignHosts: names(
    "a host",
    "Hosts that foreign servers may lead to, for `fdw-servers-approved`. Default: none.",
  ),
  approvedCredentialReaders: names(
    "a role",
    "Roles that may read the credentials that extensions store, for `ext-credential-stores`. Default: none.",
  ),
  cryptoRequired: v.optional(
    v.pipe(
      yesOrNo(),
      v.description(
        "True: `pgcrypto` or `anon` must be installed, for `ext-crypto-anon`. Default: whether data needs it is not known.",
      ),
    ),
    false,
  ),
});

export const Replication = mapping({
  logicalApproved: v.optional(
    v.pipe(
      yesOrNo(),
      v.description(
        "True: `wal_level` may be logical, for `repl-wal-level`. Default: few servers replicate logically.",
      ),
    ),
    false,
  ),
  approvedSlots: names(
    "a replication slot",
    "Replication slots that are meant to be, for `repl-slots`. Default: none beside the platform's.",
  ),
  maxRetainedMegabytes: v.optional(
    v.pipe(
      wholeNumber(1, 1_048_576),
      v.description("WAL that one slot may hold back, for `repl-slots`. Default: 1 GB, far from a full disk."),
    ),
    1024,
  ),
  approvedPublications: names(
    "a publication",
    "Publications that are meant to be, for `repl-publications`. Default: none.",
  ),
  approvedSubscriptions: names(
    "a subscription",
    "Subscriptions that are meant to be, for `repl-subscriptions`. Default: none.",
  ),
});
