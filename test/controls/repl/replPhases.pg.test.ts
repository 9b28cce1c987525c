import { publications } from "../../../shared/collect/publications.ts";
import { replicationSlots } from "../../../shared/collect/replicationSlots.ts";
import { subscriptions } from "../../../shared/collect/subscriptions.ts";
import { replPublications } from "../../../shared/controls/repl/replPublications.ts";
import { replSlots } from "../../../shared/controls/repl/replSlots.ts";
import { replSubscriptions } from "../../../shared/controls/repl/replSubscriptions.ts";
import { policy } from "../../builders.ts";
import { describePostgres } from "../../describePostgres.ts";
import { testPhases } from "../testPhases.ts";

/** A legal name with everything that may break quoting. */
const odd = `o"d/d %'\\ ☃`;
const oddSubject = odd.replace("%", "%25").replace("/", "%2F");
const oddSql = `"${odd.replace('"', '""')}"`;

const approved = policy({
  replication: { approvedPublications: ["feed"], approvedSubscriptions: ["hub"], approvedSlots: ["approved"] },
});

function subscription(name: string): string {
  return `create subscription ${name} connection 'host=/nowhere dbname=x' publication p with (connect = false)`;
}

describePostgres(
  [13, 18],
  (major, getServer) => {
    testPhases(getServer, replPublications, [publications], {
      policy: approved,
      baseline: "create table orders (id int); create publication feed for table orders",
      lookAlike: "alter publication feed set (publish = 'insert')",
      violation: `create publication ${oddSql} for all tables; create publication other for table orders`,
      subjects: [`publication/postgres/${oddSubject}`, "publication/postgres/other"],
      remediation: [{ publication: odd }, { publication: "other" }],
    });

    testPhases(getServer, replSubscriptions, [subscriptions], {
      policy: approved,
      baseline: "",
      lookAlike: subscription("hub"),
      violation:
        major < 16
          ? subscription(oddSql)
          : `${subscription(oddSql)}; alter subscription hub set (password_required = false)`,
      subjects: [`subscription/postgres/${oddSubject}`, ...(major < 16 ? [] : ["subscription/postgres/hub"])],
      remediation: [{ subscription: odd }, ...(major < 16 ? [] : [{ subscription: "hub" }])],
    });

    // Slots are no part of the transaction, so the remediation is what removes this one.
    testPhases(getServer, replSlots, [replicationSlots], {
      policy: approved,
      baseline: "",
      lookAlike: "select pg_create_physical_replication_slot('standby', true, true)",
      violation: "select pg_create_logical_replication_slot('feed', 'test_decoding')",
      subjects: ["slot/feed"],
      remediation: [{ slot: "feed" }],
    });
  },
  { settings: { wal_level: "logical" } },
);
