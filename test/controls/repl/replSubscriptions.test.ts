import { collected } from "../../../shared/collect/section.ts";
import { replSubscriptions } from "../../../shared/controls/repl/replSubscriptions.ts";
import type { Subscription } from "../../../shared/model/databaseEvidence.ts";
import { policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

const approved = policy({ replication: { approvedSubscriptions: ["hub"] } });

function subscription(name: string, override: Partial<Subscription> = {}): Subscription {
  return {
    ...{ database: "app", name, owner: "app_owner", enabled: true, publications: ["feed"] },
    ...{ passwordRequired: true, runAsOwner: false },
    ...override,
  };
}

function subscriptions(...items: readonly Subscription[]) {
  return { subscriptions: collected(items) };
}

testControl(replSubscriptions, {
  pass: [
    { name: "no subscription", sections: subscriptions() },
    {
      name: "an approved one, also before 16, where nobody knows whether it needs a password",
      policy: approved,
      sections: subscriptions(subscription("hub"), subscription("hub", { database: "shop", passwordRequired: null })),
      says: ["how it protects its connection is not visible"],
    },
  ],
  fail: [
    {
      name: "one without approval, asleep or not, beside an innocent one",
      policy: approved,
      sections: subscriptions(subscription("hub"), subscription(odd, { enabled: false })),
      subjects: [`subscription/app/${oddSubject}`],
    },
    {
      name: "an approved one that may connect without a password",
      policy: approved,
      sections: subscriptions(subscription("hub", { passwordRequired: false })),
      subjects: ["subscription/app/hub"],
      says: ["it may connect without a password"],
    },
  ],
});
