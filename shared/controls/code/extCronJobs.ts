import type { Drift } from "../../model/drift.ts";
import type { CronJob } from "../../model/databaseEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformOwner } from "../priv/applicationObjects.ts";
import { administratorNames } from "../role/administrators.ts";
import { causeKind, comparisonGaps } from "../role/driftVerdicts.ts";

export const extCronJobs = defineDatabaseControl({
  meta: {
    id: "ext-cron-jobs",
    title: "pg_cron jobs equal the baseline, and none runs as an administrator",
    severity: "medium",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server"],
    requiresInDatabase: ["cronJobs"],
    frameworks: {
      proposed: {
        mcsb: ["PV-2"],
        nist80053r5: ["CM-3", "CM-7"],
        pciDss401: ["6.5.1", "11.5.2"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "A job runs when nobody is connected, with the rights of its role, for as long as nobody looks. As an administrator it is a back door that outlives every password. Commands are compared by their hash.",
    remediation: {
      sql: `select cron.unschedule(jobid) from cron.job
 where username = '<role>' and pg_catalog.md5(command) = '<hash of the command>';
-- Schedule it again as a role that has just the rights which the job needs.`,
    },
  },

  evaluateDatabase({ cronJobs, roles, ...evidence }, _policy, { database, baselineDrift }) {
    const administrators = new Set([
      ...administratorNames({ roles, ...evidence }),
      ...roles.filter(({ superuser, name }) => superuser && !isPlatformOwner(name)).map(({ name }) => name),
    ]);
    const drifted = (baselineDrift?.drifts ?? []).filter(
      (drift) => drift.database === database && causeKind(drift) === "cronJob",
    );
    const gaps = baselineDrift === null ? [] : comparisonGaps(baselineDrift, { parts: ["cronJobs"], database });
    const judged = [
      ...cronJobs.map((job) => judgeJob(job, database, administrators)),
      ...drifted.map(driftVerdict),
      ...gaps,
    ];
    // Two jobs that are alike in everything are one subject.
    return [...new Map(judged.map((verdict) => [verdict.subject, verdict])).values()];
  },
});

function judgeJob(job: CronJob, database: string, administrators: ReadonlySet<string>): Verdict {
  const { schedule, role, commandMd5 } = job;
  const subject = subjectOf("job", database, job.database, role, schedule, commandMd5);
  const fact = `Job "${schedule}" with command ${commandMd5} runs in database ${job.database} as ${role}`;
  return administrators.has(role) ? fail(subject, `${fact}, who is an administrator.`) : pass(subject, `${fact}.`);
}

/** What changed is a subject of its own: a job that is gone has no verdict that it could stand in. */
function driftVerdict({ cause, message }: Drift): Verdict {
  return fail(cause, message);
}
