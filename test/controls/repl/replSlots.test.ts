import { collected } from "../../../shared/collect/section.ts";
import { replSlots } from "../../../shared/controls/repl/replSlots.ts";
import type { ReplicationSlot } from "../../../shared/model/databaseEvidence.ts";
import { policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

const megabyte = 1024 * 1024;
const approved = policy({ replication: { approvedSlots: ["feed"], maxRetainedMegabytes: 100 } });

function slot(name: string, override: Partial<ReplicationSlot> = {}): ReplicationSlot {
  return { name, type: "logical", database: "app", active: true, retainedBytes: 0, ...override };
}

function slots(...items: readonly ReplicationSlot[]) {
  return { replicationSlots: collected(items) };
}

const physical = { type: "physical", database: null };

testControl(replSlots, {
  pass: [
    { name: "no slot", sections: slots() },
    {
      name: "an approved slot at exactly the limit, one that rests, and the service's own",
      policy: approved,
      sections: slots(
        slot("feed", { retainedBytes: 100 * megabyte, active: false }),
        slot("standby", { ...physical, retainedBytes: null }),
      ),
    },
  ],
  fail: [
    {
      name: "a slot without approval beside innocent ones",
      policy: approved,
      sections: slots(slot("feed"), slot(odd), slot("Feed")),
      subjects: [`slot/${oddSubject}`, "slot/Feed"],
    },
    {
      name: "slots that hold back too much, whosever they are",
      policy: approved,
      sections: slots(
        slot("feed", { retainedBytes: 100 * megabyte + 1, active: false }),
        slot("standby", { ...physical, retainedBytes: 200 * megabyte }),
      ),
      subjects: ["slot/feed", "slot/standby"],
      says: ["is inactive and holds back 101 MB of WAL: the limit is 100 MB"],
    },
  ],
});
