/**
 * `LinkedList`: the order of its members, and that who has left keeps nobody alive.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type Linked, LinkedList } from "../../future/linked_list.ts";
import { forSeeds } from "../helpers/seeded.ts";

class Member implements Linked<Member> {
  ahead: Member | undefined = undefined;
  behind: Member | undefined = undefined;
}

/** A list of that many members, and these. */
function listOf(count: number): [LinkedList<Member>, Member[]] {
  const list = new LinkedList<Member>();
  const members = Array.from({ length: count }, () => new Member());
  for (const member of members) list.append(member);
  return [list, members];
}

/** Requires that the list has exactly these members, from both ends. */
function assertMembers(list: LinkedList<Member>, members: Member[]): void {
  assertStrictEquals(list.first, members[0]);
  assertStrictEquals(list.last, members.at(-1));
  members.forEach((member, i) => {
    assertStrictEquals(member.ahead, members[i - 1]);
    assertStrictEquals(member.behind, members[i + 1]);
  });
}

function assertAlone(member: Member): void {
  assertStrictEquals(member.ahead, undefined);
  assertStrictEquals(member.behind, undefined);
}

Deno.test("LinkedList.append() keeps the order of coming (Q3)", () => {
  for (const count of [0, 1, 2, 5]) {
    const [list, members] = listOf(count);
    assertMembers(list, members);
  }
});

Deno.test("LinkedList.remove() takes out any member, and leaves it alone (Q2, Q3)", () => {
  for (const count of [1, 2, 3, 4]) {
    for (let at = 0; at < count; at++) {
      const [list, members] = listOf(count);
      const [removed] = members.splice(at, 1);
      list.remove(removed!);
      assertMembers(list, members);
      assertAlone(removed!);
    }
  }
});

Deno.test("LinkedList.shift() takes out the first member, and leaves it alone (Q2)", () => {
  const [list, members] = listOf(3);
  while (members.length > 0) {
    const first = members.shift()!;
    list.shift(first);
    assertMembers(list, members);
    assertAlone(first);
  }
});

Deno.test("LinkedList.takeAll() empties the list, and hands over the chain", () => {
  const [list, members] = listOf(3);
  let member = list.takeAll();
  assertMembers(list, []);
  for (const expected of members) {
    assertStrictEquals(member, expected);
    member = member!.behind;
  }
  assertStrictEquals(list.takeAll(), undefined);
});

Deno.test("LinkedList agrees with an array, whoever comes and goes", () => {
  forSeeds(50, (random) => {
    const [list, members] = listOf(0);
    const outside = Array.from({ length: 12 }, () => new Member());
    for (let step = 0; step < 400; step++) {
      const comes = outside.length > 0 && (members.length === 0 || random.chance(0.5));
      if (comes) {
        const member = outside.splice(random.below(outside.length), 1)[0]!;
        list.append(member);
        members.push(member);
      } else {
        const at = random.chance(0.4) ? 0 : random.below(members.length);
        const member = members.splice(at, 1)[0]!;
        if (at === 0 && random.chance(0.5)) list.shift(member);
        else list.remove(member);
        outside.push(member);
      }
      assertMembers(list, members);
      outside.forEach(assertAlone);
    }
    assertEquals(members.length + outside.length, 12);
    assert(outside.length < 12 || list.first === undefined);
  });
});
