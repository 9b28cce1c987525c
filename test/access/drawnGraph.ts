import fc from "fast-check";

export interface DrawnRole {
  readonly name: string;
  readonly inherit: boolean;
  readonly createRole: boolean;
}

export interface DrawnEdge {
  readonly role: string;
  readonly member: string;
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

export interface DrawnGraph {
  readonly roles: readonly DrawnRole[];
  readonly edges: readonly DrawnEdge[];
}

const names = ["r0", "r1", "r2", "r3", "r4"];
const rarely = fc.nat(4).map((n) => n === 0);

/** Small, so that a server can be asked everything about it. */
export const drawnGraph: fc.Arbitrary<DrawnGraph> = fc.record({
  roles: fc.tuple(
    ...names.map((name) => fc.record({ name: fc.constant(name), inherit: fc.boolean(), createRole: rarely })),
  ),
  edges: fc.uniqueArray(
    fc
      .record({
        role: fc.constantFrom(...names),
        member: fc.constantFrom(...names),
        admin: rarely,
        inherit: fc.boolean(),
        set: fc.boolean(),
      })
      // PostgreSQL refuses circles: a role is granted only to one behind it in the list.
      .filter(({ role, member }) => role < member),
    { minLength: 2, maxLength: 8, selector: ({ role, member }) => `${role}/${member}` },
  ),
});

/** Before 16 an edge's own options do not exist, and the member's attribute stands. */
export function graphSql({ roles, edges }: DrawnGraph, major: number): string {
  return [
    ...roles.map(
      ({ name, inherit, createRole }) =>
        `create role ${name} login ${inherit ? "inherit" : "noinherit"} ${createRole ? "createrole" : ""};`,
    ),
    ...edges.map(({ role, member, admin, inherit, set }) => {
      const options = `with admin ${String(admin)}, inherit ${String(inherit)}, set ${String(set)}`;
      return `grant ${role} to ${member} ${major >= 16 ? options : admin ? "with admin option" : ""};`;
    }),
  ].join("\n");
}
