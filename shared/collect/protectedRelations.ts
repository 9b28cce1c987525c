/** OIDs of the tables with row security on, forced, or with policies: what `protectedTables` holds. */
export const protectedRelations = `
  select c.oid
    from pg_catalog.pg_class c
   where c.relkind in ('r', 'p')
     and (c.relrowsecurity or c.relforcerowsecurity or c.oid in (select p.polrelid from pg_catalog.pg_policy p))`;
