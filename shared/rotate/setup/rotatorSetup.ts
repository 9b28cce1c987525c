import { ledgerSetup } from "../ledgerSql.ts";
import type { SetupFacts } from "./setupFacts.ts";
import type { SetupStatement } from "./setupStatement.ts";

/**
 * The rotator's principal, what it needs to set the passwords of roles and nothing else of them, and the rotation
 * ledger. A rotator that sets itself up has ADMIN OPTION on whatever it creates.
 */
export function rotatorSetup(names: readonly string[], rotator: string, facts: SetupFacts): readonly SetupStatement[] {
  const { roles, self, major } = facts;
  const isOther = self !== rotator;
  const known = roles.get(rotator);
  const mayManage = facts.rotatorAdministers || known?.createsRoles === true;
  const unmanaged = names.filter((name) => !(roles.get(name)?.manageable ?? false));
  return [
    ...(known === undefined ? [principal(rotator)] : []),
    ...(mayManage ? [] : [{ name: "rotator.alter", template: "alter role %I createrole", values: [rotator] }]),
    ...(isOther && major >= 16 && !facts.rotatorAdministers
      ? unmanaged.map((name) => ({
          name: "rotator.grant",
          template: "grant %I to %I with admin true, inherit false, set false",
          values: [name, rotator],
        }))
      : []),
    ...(facts.rotatorSeesSessions || !isOther
      ? []
      : [{ name: "rotator.stats", template: "grant pg_read_all_stats to %I", values: [rotator], optional: true }]),
    ...ledgerStatements(rotator, isOther, facts),
  ];
}

function principal(rotator: string): SetupStatement {
  return {
    name: "rotator.create",
    template: "select * from pg_catalog.pgaadauth_create_principal(%L, false, false)",
    values: [rotator],
  };
}

/** Whoever makes the ledger owns it; the rotator reads its rows and moves them up, and removes none. */
function ledgerStatements(rotator: string, isOther: boolean, facts: SetupFacts): readonly SetupStatement[] {
  const made = facts.ledgerExists ? [] : ledgerSetup.map(({ name, sql }) => ({ name, template: sql, values: [] }));
  if (!isOther || facts.rotatorKeepsLedger) return made;
  return [
    ...made,
    { name: "ledger.grant", template: "grant usage on schema pgwarden to %I", values: [rotator] },
    { name: "ledger.grant", template: "grant select, insert, update on pgwarden.ledger to %I", values: [rotator] },
  ];
}
