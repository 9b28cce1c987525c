import * as v from "valibot";
import {
  cidr,
  identifier,
  list,
  mapping,
  networkSource,
  oneOf,
  rolePair,
  text,
  wholeNumber,
  words,
  yesOrNo,
} from "./allowedValues.ts";
import { Code, Privileges, Replication, RowSecurity } from "./databasePolicySchema.ts";
import { guessableNames } from "./guessableNames.ts";
import { Rotation } from "./rotationPolicySchema.ts";

/** SHA-256 as browsers and OpenSSL print it: colons and case are dropped. */
function certificateFingerprint() {
  return v.pipe(
    text("a SHA-256 fingerprint (64 hex digits)", /^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/),
    v.transform((value) => value.replaceAll(":", "").toLowerCase()),
  );
}

function roles(meaning: string) {
  return v.optional(v.pipe(list(words("the name of a role")), v.description(meaning)), []);
}

function rolePairs(meaning: string) {
  return v.optional(v.pipe(list(rolePair()), v.description(meaning)), []);
}

const Tls = mapping({
  minimum: v.optional(
    v.pipe(
      oneOf("TLSv1.2", "TLSv1.3"),
      v.description("Lowest `ssl_min_protocol_version` that passes `tls-min-version`. Default: Azure's own minimum."),
    ),
    "TLSv1.2",
  ),
  certificateDaysLeft: v.optional(
    v.pipe(
      wholeNumber(1, 398),
      v.description(
        "A server certificate with fewer days left fails `tls-probe-certificate`. Default: Azure renews earlier than that, so less means that the renewal failed.",
      ),
    ),
    14,
  ),
  trustedRoots: v.optional(
    v.pipe(
      list(certificateFingerprint()),
      v.description(
        "Roots that servers may chain to beside Azure's own, for `tls-probe-certificate`. Default: none; Azure's own are DigiCert Global Root G2 and Microsoft RSA Root Certificate Authority 2017.",
      ),
    ),
    [],
  ),
});

const Firewall = mapping({
  approved: v.optional(
    v.pipe(
      list(
        mapping({
          name: v.pipe(words("the name of a firewall rule"), v.description("Name of the firewall rule.")),
          range: v.pipe(cidr("ipv4"), v.description("The addresses it may admit.")),
        }),
      ),
      v.description(
        "The firewall rules that someone approved, for `net-fw-approved`. Default: no list was approved, and the control is not applicable.",
      ),
    ),
    [],
  ),
  maxAddressesPerRule: v.optional(
    v.pipe(
      wholeNumber(1, 2 ** 32),
      v.description(
        "Addresses that one rule may admit, for `net-fw-range-size`. Default: one /24, a site's own network.",
      ),
    ),
    256,
  ),
  maxAddresses: v.optional(
    v.pipe(
      wholeNumber(1, 2 ** 32),
      v.description(
        "Addresses that all rules of a server may admit together, for `net-fw-range-size`. Default: four such sites.",
      ),
    ),
    1024,
  ),
  maxRules: v.optional(
    v.pipe(
      wholeNumber(0, 10_000),
      v.description(
        "Firewall rules of one server, for `net-fw-rule-count`. Default: what a person reviews at one glance.",
      ),
    ),
    10,
  ),
  adHocDays: v.optional(
    v.pipe(
      wholeNumber(0, 365),
      v.description(
        "Days that a rule made by the portal (`ClientIPAddress_…`) may stay, for `net-fw-ad-hoc`. Default: one working week.",
      ),
    ),
    7,
  ),
});

const Network = mapping({
  approvedSources: v.optional(
    v.pipe(
      list(networkSource()),
      v.description("Sources that may reach ports 5432 and 6432 of a delegated subnet. Default: none approved."),
    ),
    [],
  ),
  privateEndpointSubscriptions: v.optional(
    v.pipe(
      list(identifier("a subscription id")),
      v.description("Subscriptions whose private endpoints are expected. Default: the server's own only."),
    ),
    [],
  ),
});

const Entra = mapping({
  tenantId: v.optional(
    v.pipe(
      v.nullable(identifier("a tenant id")),
      v.description(
        "Tenant that servers and administrators must belong to, for `auth-entra-tenant`. Default: not checked.",
      ),
    ),
    null,
  ),
  only: v.optional(
    v.pipe(
      yesOrNo(),
      v.description(
        "True: password authentication must be off, for `auth-entra-only`. Default: applications may still use passwords.",
      ),
    ),
    false,
  ),
  breakGlass: v.optional(
    v.pipe(
      list(identifier("an object id")),
      v.description(
        "Users who may be Entra administrators themselves, for `auth-entra-admin-group`. Default: groups only.",
      ),
    ),
    [],
  ),
});

const Authentication = mapping({
  timeoutSeconds: v.optional(
    v.pipe(
      wholeNumber(1, 600),
      v.description("Longest `authentication_timeout` that passes `auth-timeout`. Default: PostgreSQL's own default."),
    ),
    60,
  ),
});

const Roles = mapping({
  applicationRoles: roles(
    "Logins of applications, which are held to the strictest controls. Default: every login that is no administrator and no platform role.",
  ),
  ownerSplit: v.optional(
    v.pipe(
      yesOrNo(),
      v.description(
        "True: roles that own objects must not log in, for `role-owner-is-login`. Default: many applications create their own tables.",
      ),
    ),
    false,
  ),
  approvedAdministrators: roles(
    "Login roles that may reach `azure_pg_admin` beside the server's administrator login. Default: none.",
  ),
  maxAdministrators: v.optional(
    v.pipe(
      wholeNumber(1, 1000),
      v.description(
        "Logins that may reach `azure_pg_admin`, for `role-azure-pg-admin-members`. Default: two people and one spare.",
      ),
    ),
    3,
  ),
  approvedCreateRole: roles(
    "Roles that may hold CREATEROLE. Default: none beside the platform's and the administrator.",
  ),
  approvedCreateDb: roles("Roles that may hold CREATEDB. Default: none beside the platform's and the administrator."),
  approvedReplication: roles(
    "Roles that may hold REPLICATION. Default: none beside the platform's and the administrator.",
  ),
  approvedBypassRls: roles("Roles that may hold BYPASSRLS. Default: none beside the platform's and the administrator."),
  approvedAdminOption: rolePairs("Memberships that may carry ADMIN OPTION. Default: none."),
  approvedPredefined: rolePairs("Memberships in risky predefined roles that are meant to be. Default: none."),
  unlimitedConnections: roles("Logins that need no connection limit, for `role-connection-limit`. Default: none."),
  guessableNames: v.optional(
    v.pipe(
      list(words("the name of a role")),
      v.description(
        "Names that no login may have, for `role-guessable-name`. Default: what password sprayers try first.",
      ),
    ),
    () => [...guessableNames],
  ),
  unusedDays: v.optional(
    v.pipe(
      wholeNumber(1, 730),
      v.description(
        "Days without a login after which a role is unused, for `role-unused`; the Log Analytics workspace must keep the server's log for longer. Default: what PCI DSS allows.",
      ),
    ),
    90,
  ),
  administratorApplications: v.optional(
    v.pipe(
      list(words("an application name")),
      v.description(
        "Values of `application_name` that may connect as an administrator, for `role-app-uses-admin`. Default: none.",
      ),
    ),
    [],
  ),
  administratorNetworks: v.optional(
    v.pipe(
      list(cidr("any")),
      v.description("Client networks that may connect as an administrator, for `role-app-uses-admin`. Default: none."),
    ),
    [],
  ),
});

/** The limits and approved sets that controls read. Each description names the control and why the default is so. */
export const PolicySchema = mapping({
  tls: v.optional(Tls, {}),
  firewall: v.optional(Firewall, {}),
  network: v.optional(Network, {}),
  entra: v.optional(Entra, {}),
  authentication: v.optional(Authentication, {}),
  roles: v.optional(Roles, {}),
  privileges: v.optional(Privileges, {}),
  rowSecurity: v.optional(RowSecurity, {}),
  code: v.optional(Code, {}),
  replication: v.optional(Replication, {}),
  rotation: v.optional(Rotation, {}),
});
