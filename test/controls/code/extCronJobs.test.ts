import { collected } from "../../../shared/collect/section.ts";
import { extCronJobs } from "../../../shared/controls/code/extCronJobs.ts";
import type { CronJob } from "../../../shared/model/databaseEvidence.ts";
import { membership, role } from "../../builders.ts";
import { logins } from "../rls/loginCases.ts";
import { testControl } from "../testControl.ts";
import { driftOf } from "./definerCases.ts";

const md5 = "d41d8cd98f00b204e9800998ecf8427e";

function job(as: string, override: Partial<CronJob> = {}): CronJob {
  return { schedule: "*/5 * * * *", database: "app", role: as, active: true, commandMd5: md5, ...override };
}

function jobs(...items: readonly CronJob[]) {
  return { cronJobs: collected(items) };
}

function subjectOfJob(as: string, schedule = "*%2F5 * * * *"): string {
  return `job/app/app/${as}/${schedule}/${md5}`;
}

testControl(extCronJobs, {
  pass: [
    {
      name: "jobs of roles that are no administrators, alike or not, and of the platform",
      sections: logins([membership("azure_pg_admin", "app_rw", { admin: true, inherit: false, set: false })]),
      database: jobs(job("app_rw"), job("app_rw", { active: false }), job("azuresu")),
    },
    {
      name: "drift of other things and of other databases",
      sections: logins(),
      database: jobs(job("app_rw")),
      baselineDrift: [driftOf("cronJob/shop/app/app_rw/x", "shop"), driftOf("extension/app/dblink", "app")],
    },
  ],
  fail: [
    {
      name: "jobs of administrators, sleeping ones too, beside an innocent one",
      sections: {
        ...logins([membership("azure_pg_admin", "ops")]),
        roles: collected([...logins().roles.items, role("ops"), role("root", { superuser: true })]),
      },
      database: jobs(job("app_rw"), job("pgadmin", { schedule: "@daily", active: false }), job("ops"), job("root")),
      subjects: [subjectOfJob("pgadmin", "@daily"), subjectOfJob("ops"), subjectOfJob("root")],
      says: ["who is an administrator"],
    },
    {
      name: "a job that is not in the baseline, and one that is gone",
      sections: logins(),
      database: jobs(job("app_rw")),
      baselineDrift: [driftOf("cronJob/app/app/app_rw/new", "app"), driftOf("cronJob/app/app/app_rw/gone", "app")],
      subjects: ["cronJob/app/app/app_rw/new", "cronJob/app/app/app_rw/gone"],
    },
  ],
  unknown: [
    {
      name: "the baseline was approved before pg_cron could be read",
      sections: logins(),
      database: jobs(job("app_rw")),
      baselineDrift: [],
      uncompared: [{ part: "cronJobs", database: "app", why: "it was not read when the baseline was approved" }],
      subjects: ["part/app/cronJobs"],
      says: [
        "Part cronJobs of database app was not compared with the baseline: it was not read when the baseline was approved.",
      ],
    },
  ],
  notApplicable: [{ name: "no job", sections: logins(), database: jobs() }],
});
