/** Logins of which the same is true. */
export interface LoginGroup {
  /** Numbers of the logins, in the order in which they were added. */
  readonly logins: number[];
  readonly marks: readonly number[];
}

interface Node {
  readonly next: Map<number, Node>;
  /** Most logins are like the one before. */
  last: { readonly mark: number; readonly node: Node } | undefined;
  group: LoginGroup | undefined;
}

/** Sorts thousands of logins into groups by what is true of each, without making anything for one of them. */
export class LoginGroups {
  readonly groups: LoginGroup[] = [];
  readonly #root = node();

  /** @param marks numbers of what is true of the login, as many for each; copied, so that the caller may go on with it */
  add(login: number, marks: readonly number[]): void {
    let at = this.#root;
    for (const mark of marks) at = onward(at, mark);
    if (at.group === undefined) {
      at.group = { logins: [], marks: [...marks] };
      this.groups.push(at.group);
    }
    at.group.logins.push(login);
  }
}

function node(): Node {
  return { next: new Map(), last: undefined, group: undefined };
}

function onward(from: Node, mark: number): Node {
  if (from.last?.mark === mark) return from.last.node;
  const found = from.next.get(mark) ?? node();
  from.next.set(mark, found);
  from.last = { mark, node: found };
  return found;
}
