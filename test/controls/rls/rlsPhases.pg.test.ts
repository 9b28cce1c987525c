import { expect, it } from "@jest/globals";
import { describePostgres } from "../../describePostgres.ts";
import { acls } from "../../../shared/collect/acls.ts";
import { context } from "../../../shared/collect/context.ts";
import { definerFunctions } from "../../../shared/collect/definerFunctions.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { notableFunctions } from "../../../shared/collect/notableFunctions.ts";
import { partitions } from "../../../shared/collect/partitions.ts";
import { protectedTables } from "../../../shared/collect/protectedTables.ts";
import { protectedViews } from "../../../shared/collect/protectedViews.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { roleSettings } from "../../../shared/collect/roleSettings.ts";
import { rowPolicies } from "../../../shared/collect/rowPolicies.ts";
import { settings } from "../../../shared/collect/settings.ts";
import { sharedAcls } from "../../../shared/collect/sharedAcls.ts";
import { rlsAlwaysTrue } from "../../../shared/controls/rls/rlsAlwaysTrue.ts";
import { rlsAppCanBypass } from "../../../shared/controls/rls/rlsAppCanBypass.ts";
import { rlsDefinerLeak } from "../../../shared/controls/rls/rlsDefinerLeak.ts";
import { rlsEnabledNoPolicy } from "../../../shared/controls/rls/rlsEnabledNoPolicy.ts";
import { rlsForce } from "../../../shared/controls/rls/rlsForce.ts";
import { rlsLeakproof } from "../../../shared/controls/rls/rlsLeakproof.ts";
import { rlsMatviewForeign } from "../../../shared/controls/rls/rlsMatviewForeign.ts";
import { rlsPartitionGap } from "../../../shared/controls/rls/rlsPartitionGap.ts";
import { rlsPolicyButDisabled } from "../../../shared/controls/rls/rlsPolicyButDisabled.ts";
import { rlsPolicyToPublic } from "../../../shared/controls/rls/rlsPolicyToPublic.ts";
import { rlsRequiredTables } from "../../../shared/controls/rls/rlsRequiredTables.ts";
import { rlsRowSecurityGuc } from "../../../shared/controls/rls/rlsRowSecurityGuc.ts";
import { rlsViewInvoker } from "../../../shared/controls/rls/rlsViewInvoker.ts";
import { policy } from "../../builders.ts";
import { failedSubjects, judge, testPhases } from "../testPhases.ts";

/** A legal name with everything that may break quoting. */
const odd = `o"d/d %'\\ ☃`;
const oddSubject = odd.replace("%", "%25").replace("/", "%2F");
const oddSql = `"${odd.replace('"', '""')}"`;

/** Roles, a schema and one table that is well protected. */
const world = `
create role owner_role; create role readers; create role app_rw login; create role other_app login;
create schema app authorization owner_role; grant usage on schema app to public;
create table app.accounts (id int, tenant text not null);
alter table app.accounts owner to owner_role;
grant select, insert, update, delete on app.accounts to app_rw;
alter table app.accounts enable row level security;
create policy by_tenant on app.accounts to app_rw using (tenant = current_user);
`;

const openPolicies = ["b", "c", "d", "e", "f", "g", "h", "i", "l", "m", "n"];

const ofRoles = [roles, memberships, context];
const ofGrants = [...ofRoles, sharedAcls, acls, protectedTables];

const subjectIn = `postgres/app/${oddSubject}`;

describePostgres([13, 18], (major, getServer) => {
  testPhases(getServer, rlsPolicyButDisabled, [protectedTables], {
    baseline: world,
    lookAlike: `create table app.plain (id int); create table app.deny (id int);
      alter table app.deny enable row level security;
      create table app.split (id int) partition by range (id); alter table app.split enable row level security;
      create policy p on app.split using (id = 1)`,
    violation: `create table app.${oddSql} (tenant text); create policy p on app.${oddSql} using (tenant = current_user);
      alter table app.split disable row level security`,
    subjects: [`table/${subjectIn}`, "table/postgres/app/split"],
    remediation: [
      { schema: "app", table: odd },
      { schema: "app", table: "split" },
    ],
  });

  testPhases(getServer, rlsEnabledNoPolicy, [protectedTables, partitions], {
    policy: policy({ rowSecurity: { denyAllTables: ["postgres/app.deny"] } }),
    baseline: world,
    lookAlike: `create table app.deny (id int); alter table app.deny enable row level security;
      create table app.split (id int) partition by range (id); alter table app.split enable row level security;
      create policy p on app.split using (id = 1);
      create table app.split_1 partition of app.split for values from (1) to (2);
      alter table app.split_1 enable row level security`,
    violation: `create table app.${oddSql} (tenant text); alter table app.${oddSql} enable row level security`,
    subjects: [`table/${subjectIn}`],
    remediation: [{ schema: "app", table: odd, policy: odd, role: "app_rw", column: "tenant" }],
  });

  testPhases(getServer, rlsRequiredTables, [acls, protectedTables], {
    policy: policy({ rowSecurity: { requiredTables: ["app.*"] } }),
    baseline: world,
    lookAlike: "create schema app2; create table app2.plain (id int); create view app.seen as select 1 as one",
    violation: `create table app.${oddSql} (id int); create table app.split (id int) partition by range (id)`,
    subjects: [`table/${subjectIn}`, "table/postgres/app/split"],
    remediation: [
      { schema: "app", table: odd },
      { schema: "app", table: "split" },
    ],
  });

  testPhases(getServer, rlsForce, [...ofRoles, protectedTables], {
    baseline: world,
    lookAlike: `create table app.plain (id int); alter table app.plain owner to app_rw;
      create role old login valid until '2020-01-01'; grant owner_role to old; grant owner_role to pgadmin;
      create table app.forced (id int); alter table app.forced owner to app_rw;
      alter table app.forced enable row level security, force row level security`,
    violation: `create table app.${oddSql} (id int); alter table app.${oddSql} owner to app_rw;
      alter table app.${oddSql} enable row level security;
      alter role other_app noinherit; grant owner_role to readers; grant readers to other_app`,
    subjects: [`table/${subjectIn}`, "table/postgres/app/accounts"],
    remediation: [
      { schema: "app", table: odd },
      { schema: "app", table: "accounts" },
    ],
  });

  testPhases(getServer, rlsAlwaysTrue, [rowPolicies], {
    baseline: world,
    lookAlike: `create function app.visible(int) returns boolean language sql volatile as 'select $1 > 0';
      create table app.notes (id int, tenant text, open boolean, b text);
      create policy a on app.notes using (app.visible(id) = app.visible(id));
      create policy b on app.notes using (random() = random());
      create policy c on app.notes using (tenant is not null);
      create policy d on app.notes using (tenant = b or open);
      create policy e on app.notes using (exists (select true from app.accounts x where x.id = notes.id or true));
      create policy f on app.notes using (case when open then tenant = b else true end);
      create policy g on app.notes using ((select true));
      create policy h on app.notes using (tenant = 'true' and open);
      create policy i on app.notes using (null);
      create policy j on app.notes for insert with check (tenant = current_setting('x', true));
      create policy k on app.notes for select using (tenant between b and 'z');
      create policy m on app.notes as restrictive using (true);
      create table app.narrow (id int, tenant text); create policy open on app.narrow using (true);
      create policy narrow on app.narrow as restrictive using (tenant = current_user);
      create table app.parent (tenant text not null); create table app.child () inherits (app.parent);
      create policy inherited on app.parent using (tenant is not null);
      create type app.pair as (a int, b int); create table app.pairs (couple app.pair not null);
      create policy by_parts on app.pairs using (couple is not null)
      ${major >= 18 ? "; create table app.late (tenant text); alter table app.late add not null tenant not valid; create policy late on app.late using (tenant is not null)" : ""}`,
    violation: `create table app.v (id int, n text not null, tenant text, "Tenant" text, t timestamp(3) with time zone, v varchar(10));
      create policy ${oddSql} on app.v using (true);
      create policy b on app.v using (1 = 1);
      create policy c on app.v using (tenant = tenant);
      create policy d on app.v using ("Tenant" = "Tenant" and not false);
      create policy e on app.v using (tenant = current_user or true);
      create policy f on app.v using (t::date = t::date);
      create policy g on app.v using (v = v);
      create policy h on app.v using ('t');
      create policy i on app.v using (current_user is not null);
      create policy l on app.v using (not (id <> id));
      create policy m on app.v using ('a'::text = 'a');
      create policy n on app.v using (n is not null)`,
    subjects: [oddSubject, ...openPolicies].map((name) => `policy/postgres/app/v/${name}`),
    remediation: [odd, ...openPolicies].map((name) => ({
      schema: "app",
      table: "v",
      policy: name,
      column: "tenant",
    })),
  });

  testPhases(getServer, rlsAppCanBypass, [...ofRoles, sharedAcls, protectedTables], {
    baseline: world,
    lookAlike: `create role free bypassrls; create role old login bypassrls valid until '2020-01-01';
      create table app.plain (id int); alter table app.plain owner to app_rw; grant owner_role to pgadmin`,
    violation: `create role ${oddSql} login noinherit; grant free to ${oddSql};
      grant owner_role to readers; grant readers to other_app; grant azure_pg_admin to app_rw`,
    subjects: [`role/postgres/${oddSubject}`, "role/postgres/other_app", "role/postgres/app_rw"],
    remediation: [
      { "granted role": "free", member: odd },
      { "granted role": "readers", member: "other_app" },
      { "granted role": "azure_pg_admin", member: "app_rw" },
    ],
  });

  testPhases(getServer, rlsMatviewForeign, [...ofGrants, protectedViews], {
    baseline: world,
    lookAlike: `create materialized view app.totals as select count(*) from app.accounts; alter materialized view app.totals owner to owner_role;
      grant select on app.totals to readers;
      create materialized view app.harmless as select 1 as one; grant select on app.harmless to public`,
    violation: `create materialized view app.${oddSql} as select * from app.accounts; grant select on app.${oddSql} to app_rw;
      create view app.between as select tenant from app.accounts;
      create materialized view app.second as select * from app.between; grant readers to other_app;
      grant select (tenant) on app.second to readers`,
    subjects: [`view/${subjectIn}`, "view/postgres/app/second", "view/postgres/app/totals"],
    remediation: [
      { schema: "app", view: odd, role: "app_rw" },
      { schema: "app", view: "second", role: "readers" },
      { schema: "app", view: "totals", role: "readers" },
    ],
  });

  testPhases(getServer, rlsDefinerLeak, [...ofGrants, definerFunctions], {
    baseline: world,
    lookAlike: `create function app.other() returns text language sql security definer as 'select ''accountsx''::text';
      create function app.invoker() returns bigint language sql as 'select count(*) from app.accounts';
      create function app.closed() returns bigint language sql security definer as 'select count(*) from app.accounts';
      revoke execute on function app.closed() from public;
      create role bound; grant select on app.accounts to bound;
      create function app.bound() returns bigint language sql security definer as 'select count(*) from app.accounts';
      grant create on schema app to bound; alter function app.bound() owner to bound`,
    violation: `create function app.${oddSql}(int, text) returns bigint language sql security definer
        as 'select count(*) from app.accounts';
      create function app.lent() returns bigint language plpgsql security definer
        as 'begin return (select count(*) from app."accounts"); end';
      alter function app.lent() owner to owner_role; revoke execute on function app.lent() from public;
      grant execute on function app.lent() to app_rw`,
    subjects: [
      `function/postgres/app/"${oddSubject.replace('"', '""')}"(integer, text)`,
      "function/postgres/app/lent()",
    ],
    remediation: [
      { schema: "app", function: odd },
      { schema: "app", function: "lent" },
    ],
  });

  testPhases(getServer, rlsPartitionGap, [...ofGrants, partitions], {
    baseline: `${world} create table app.split (id int, tenant text) partition by range (id);
      alter table app.split enable row level security; create policy p on app.split to app_rw using (tenant = current_user);
      grant select on app.split to app_rw;
      create table app.split_1 partition of app.split for values from (1) to (2)`,
    lookAlike: `create table app.split_2 partition of app.split for values from (2) to (3);
      alter table app.split_2 enable row level security; grant select on app.split_2 to app_rw;
      create table app.free (id int) partition by range (id);
      create table app.free_1 partition of app.free for values from (1) to (2); grant select on app.free_1 to app_rw`,
    violation: `create table app.${oddSql} partition of app.split for values from (3) to (9) partition by range (id);
      create table app.deep partition of app.${oddSql} for values from (3) to (4);
      grant insert on app.${oddSql} to app_rw; grant select (tenant) on app.deep to other_app`,
    subjects: [`table/${subjectIn}`, "table/postgres/app/deep"],
    remediation: [
      { schema: "app", partition: odd },
      { schema: "app", partition: "deep" },
    ],
  });

  testPhases(getServer, rlsPolicyToPublic, [rowPolicies], {
    policy: policy({ rowSecurity: { publicPolicies: ["postgres/app.accounts/all"] } }),
    baseline: world,
    lookAlike: `create policy "all" on app.accounts for select using (id = 1);
      create policy narrow on app.accounts as restrictive using (id = 1);
      create role "PUBLIC_API"; create policy named on app.accounts to "PUBLIC_API" using (id = 1)`,
    violation: `create policy ${oddSql} on app.accounts for delete using (id = 1)`,
    subjects: [`policy/postgres/app/accounts/${oddSubject}`],
    remediation: [{ schema: "app", table: "accounts", policy: odd, role: "app_rw" }],
  });

  testPhases(getServer, rlsRowSecurityGuc, [settings, roleSettings], {
    baseline: "create role ann login",
    lookAlike: "alter role ann set row_security = on; alter role ann set jit = off",
    violation: `create role ${oddSql}; alter role ${oddSql} set row_security = 'OF'; alter role ann set row_security = false`,
    subjects: [`roleSetting/${oddSubject}/*/row_security`, "roleSetting/ann/*/row_security"],
    remediation: [{ role: odd }, { role: "ann" }],
  });

  testPhases(getServer, rlsLeakproof, [notableFunctions], {
    baseline: world,
    lookAlike: "create function app.quiet() returns int language sql immutable as 'select 1'",
    violation: `create function app.${oddSql}(int) returns int language sql immutable leakproof as 'select 1';
      alter function app.${oddSql}(int) owner to owner_role`,
    subjects: [`function/postgres/app/"${oddSubject.replace('"', '""')}"(integer)`],
    remediation: [{ schema: "app", function: odd }],
  });

  if (major >= 15)
    testPhases(getServer, rlsViewInvoker, [...ofRoles, protectedTables, protectedViews], {
      baseline: world,
      lookAlike: `create view app.caller with (security_invoker = on) as select * from app.accounts;
        create view app.harmless as select 1 as one; create table app.plain (id int);
        create view app.plain_view as select * from app.plain`,
      violation: `create view app.${oddSql} with (security_invoker = false) as select * from app.accounts;
        create view app.upper as select * from app.caller`,
      subjects: [`view/${subjectIn}`, "view/postgres/app/upper"],
      remediation: [
        { schema: "app", view: odd },
        { schema: "app", view: "upper" },
      ],
    });
  else
    it("rls-view-invoker asks for an owner whom the policies bind, where no view can run as the caller", async () => {
      const server = getServer();
      const collectors = [...ofRoles, protectedTables, protectedViews];
      const failed = await server.asSuperuser(async (client) => {
        async function failedAfter(sql: string): Promise<readonly string[]> {
          await client.query(sql);
          return failedSubjects(await judge(client, server, rlsViewInvoker, collectors, policy()));
        }

        await client.query("begin");
        const phases = {
          baseline: await failedAfter(world),
          lookAlike: await failedAfter(`create view app.own as select * from app.accounts; create role view_owner;
            alter view app.own owner to view_owner; grant create on schema app to view_owner`),
          violation: await failedAfter(
            `create view app.${oddSql} as select * from app.accounts; alter view app.${oddSql} owner to owner_role`,
          ),
          remediation: await failedAfter(`alter view app.${oddSql} owner to view_owner`),
          force: await failedAfter(
            `alter view app.${oddSql} owner to owner_role; alter table app.accounts force row level security`,
          ),
        };
        await client.query("rollback");
        return phases;
      });

      expect(failed).toEqual({
        ...{ baseline: [], lookAlike: [], violation: [`view/${subjectIn}`], remediation: [], force: [] },
      });
    });
});
