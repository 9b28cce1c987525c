import * as v from "valibot";
import {
  distinct,
  durationMs,
  httpsAddress,
  identifier,
  isoDay,
  list,
  mapping,
  oneOf,
  text,
  words,
} from "./allowedValues.ts";
import { credentialOf } from "./credentialOf.ts";
import { CredentialsSchema } from "./credentialSchema.ts";
import { issuePath } from "./issuePath.ts";
import { PolicySchema } from "./policySchema.ts";
import { RotationSchema, ScheduleSchema } from "./scheduleSchema.ts";

const managementGroup = "the id of a management group (1 to 90 letters, digits, - _ ( ) .)";
const serverName = "the name of a server (3 to 63 letters, digits and hyphens)";
const containerName = "the name of a container (3 to 63 lower-case letters, digits and single hyphens)";

function server() {
  return v.pipe(text(serverName, /^[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/), v.toLowerCase());
}

function container() {
  return text(containerName, /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);
}

const Scope = v.pipe(
  mapping({
    subscriptions: v.optional(
      v.pipe(
        distinct(identifier("a subscription id")),
        v.description(
          "Subscriptions whose servers are scanned. Default: none by id; then a management group is needed.",
        ),
      ),
      [],
    ),
    managementGroups: v.optional(
      v.pipe(
        distinct(text(managementGroup, /^[\w().-]{0,89}[\w()-]$/)),
        v.description("Management groups whose subscriptions are scanned. Default: none."),
      ),
      [],
    ),
    discovery: v.optional(
      v.pipe(
        oneOf("resourceGraph", "list"),
        v.description(
          "How servers are found: `resourceGraph` asks once for all, `list` asks each named subscription. Default: one question is cheaper and also covers management groups.",
        ),
      ),
      "resourceGraph",
    ),
    exclude: v.optional(
      mapping({
        names: v.optional(v.pipe(list(server()), v.description("Servers that are left out. Default: none.")), []),
        tags: v.optional(
          v.pipe(
            v.record(v.string(), v.string("the value of a tag, in quotes"), "a mapping of tag names to values"),
            v.description("A server that carries one of these tags with this value is left out. Default: none."),
          ),
          {},
        ),
      }),
      {},
    ),
  }),
  v.partialCheck(
    [["subscriptions"], ["managementGroups"]],
    ({ subscriptions, managementGroups }) => subscriptions.length + managementGroups.length > 0,
    "at least one subscription or management group",
  ),
  v.forward(
    v.partialCheck(
      [["discovery"], ["subscriptions"], ["managementGroups"]],
      ({ discovery, subscriptions, managementGroups }) =>
        discovery === "resourceGraph" || (subscriptions.length > 0 && managementGroups.length === 0),
      "resourceGraph, or list with named subscriptions and no management group",
    ),
    ["discovery"],
  ),
);

const Databases = mapping({
  exclude: v.optional(
    v.pipe(
      list(words("the name of a database")),
      v.description("Databases that are not read. Default: the two that Azure keeps for itself and lets nobody into."),
    ),
    () => ["azure_sys", "azure_maintenance"],
  ),
});

const Postgres = mapping({
  role: v.optional(
    v.pipe(
      words("the name of a role"),
      v.description(
        "The PostgreSQL role that pgwarden's identity logs in as, written exactly as in the database. Default: the name of the identity that scans.",
      ),
    ),
    "pgwarden-scanner",
  ),
  database: v.optional(
    v.pipe(
      words("the name of a database"),
      v.description("The database that a connection starts from. Default: the one that every server has."),
    ),
    "postgres",
  ),
  rotatorRole: v.optional(
    v.pipe(
      words("the name of a role"),
      v.description(
        "The PostgreSQL role that the rotating identity logs in as. Default: the name of the identity that rotates.",
      ),
    ),
    "pgwarden-rotator",
  ),
});

const WaiverEntry = mapping({
  control: v.pipe(
    text("the id of a control, such as net-fw-range-size", /^[a-z0-9]+(?:-[a-z0-9]+)+$/),
    v.description("The control whose fail is accepted."),
  ),
  subject: v.pipe(
    text("the subject of a finding, such as firewallRule/office", /^\S(?:.*\S)?$/u),
    v.description("The subject, exactly as the finding prints it; there are no wildcards."),
  ),
  server: v.exactOptional(
    v.pipe(server(), v.description("The server on which the waiver holds. Default: every server.")),
  ),
  reason: v.pipe(words("why it is accepted"), v.description("Why the fail is accepted.")),
  owner: v.pipe(words("who answers for it"), v.description("Who answers for it.")),
  expires: v.pipe(
    isoDay(),
    v.description("The waiver ends when this day begins (UTC). An expired waiver is a finding."),
  ),
});

const LogAnalytics = mapping({
  endpoint: httpsAddress("Logs ingestion endpoint of the data collection rule or of its data collection endpoint."),
  ruleId: v.pipe(
    text("the immutable id of a data collection rule (dcr- and 32 hex digits)", /^dcr-[0-9a-f]{32}$/),
    v.description("Immutable id of the data collection rule."),
  ),
});

const Publish = v.pipe(
  mapping({
    logAnalytics: v.optional(
      v.pipe(v.nullable(LogAnalytics), v.description("Where rows go. Default: nowhere; rows are kept in the spool.")),
      null,
    ),
    audit: v.optional(
      mapping({
        container: v.optional(
          v.pipe(
            container(),
            v.description(
              "Blob container of the audit log. Default: a container of its own, which can be made immutable.",
            ),
          ),
          "audit",
        ),
      }),
      {},
    ),
    state: v.optional(
      mapping({
        container: v.optional(
          v.pipe(
            container(),
            v.description(
              "Blob container of runs, snapshots, baselines, ledgers, spool and reports. Default: `state`.",
            ),
          ),
          "state",
        ),
      }),
      {},
    ),
  }),
  v.forward(
    v.partialCheck(
      [["audit"], ["state"]],
      ({ audit, state }) => audit.container !== state.container,
      "another container than publish.state.container",
    ),
    ["audit", "container"],
  ),
);

const File = mapping({
  scope: Scope,
  databases: v.optional(Databases, {}),
  postgres: v.optional(Postgres, {}),
  policy: v.optional(PolicySchema, {}),
  waivers: v.optional(
    v.pipe(list(WaiverEntry), v.description("Fails that somebody accepted, for a reason and a time. Default: none.")),
    [],
  ),
  credentials: v.optional(CredentialsSchema, []),
  rotation: v.optional(RotationSchema, {}),
  schedule: v.optional(ScheduleSchema, {}),
  publish: v.optional(Publish, {}),
});

/** `pgwarden.yaml`. Its output is `Config` (shared/model/config.ts) with every default filled in. */
export const ConfigSchema = v.pipe(
  File,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { credentials, postgres } = dataset.value;
    for (const [index, { roles }] of credentials.entries())
      for (const [position, role] of roles.entries())
        if (role === postgres.role || role === postgres.rotatorRole) {
          const message = "a role that pgwarden itself does not log in as";
          addIssue({ message, path: issuePath(["credentials", index, "roles", position], role) });
        }
  }),
  v.transform(({ rotation, credentials, ...rest }) => ({
    ...rest,
    credentials: credentials.map((entry) => credentialOf(entry, durationMs(rotation.jitter))),
    rotation: { maxPerRun: rotation.maxPerRun },
  })),
);
