import type { Work } from '../../db/work.ts';
import { type Member, memberChange, newOwner } from '../members/index.ts';
import type { Unsplit } from '../wallets/index.ts';
import type { Merging, Undoing } from './claims.ts';
import { addMoves, insertOwner, movesOf, placeMember, teamsOf } from './merge.store.ts';

/** What a merge changed of a member. */
interface MemberMove {
  role: Member['role'];
  external_id: string | null;
  /** Somebody with the same address was on the survivor's team. */
  dropped: boolean;
}

const place = (w: Work, member: Member) =>
  w.defer(
    placeMember(
      member.workspace_id,
      member.id,
      member.customer_id,
      member.role,
      member.external_id,
      member.deleted_at,
      member.modified_at,
    ),
  );

const note = (w: Work, before: Member, after: Member) => {
  const change = memberChange(before, after, 'member.updated');
  const { customer_id: from } = before;
  const { customer_id: to } = after;
  w.record({
    ...change,
    before: { ...change.before, customer_id: from },
    after: { ...change.after, customer_id: to },
  });
};

const address = (m: Member) => m.email?.toLowerCase() ?? null;

/**
 * Lets the source's members join the target's team (README decision 27): its owner as billing
 * manager, whoever is there already by e-mail not again, and an external id that is taken is lost.
 */
export async function joinTeams(w: Work, m: Merging): Promise<void> {
  const { workspaceId, source, target, at } = m;
  const { rows } = await w.run<Member>(teamsOf(workspaceId, [source.id, target.id]));
  const live = rows.filter((member) => member.deleted_at === null);
  const there = live.filter((member) => member.customer_id === target.id);
  const addresses = new Set(there.flatMap((member) => address(member) ?? []));
  const externals = new Set(there.flatMap((member) => member.external_id ?? []));
  const moves: { row_id: string; detail: MemberMove }[] = [];
  for (const before of live.filter((member) => member.customer_id === source.id)) {
    const { role, external_id } = before;
    const dropped = addresses.has(address(before) ?? '');
    const after: Member = dropped
      ? { ...before, deleted_at: at, modified_at: at }
      : {
          ...before,
          customer_id: target.id,
          role: role === 'owner' ? 'billing_manager' : role,
          external_id: externals.has(external_id ?? '') ? null : external_id,
          modified_at: at,
        };
    place(w, after);
    if (dropped) w.record(memberChange(before, after, 'member.deleted'));
    else note(w, before, after);
    moves.push({ row_id: before.id, detail: { role, external_id, dropped } });
  }
  w.defer(addMoves(workspaceId, m.mergeId, 'members', JSON.stringify(moves)));
}

const stays = (id: string, detail: string): Unsplit => ({ kind: 'members', id, detail });

/** Returns the members that joined the survivor's team; the source has one owner afterwards. */
export async function partTeams(w: Work, u: Undoing): Promise<void> {
  const { workspaceId, source, target, at } = u;
  const { rows: moves } = await w.run<{ row_id: string; detail: MemberMove }>(
    movesOf(workspaceId, u.mergeId, 'members'),
  );
  const { rows } = await w.run<Member>(teamsOf(workspaceId, [source.id, target.id]));
  const known = new Map(rows.map((member) => [member.id, member]));
  const back: [Member, Member][] = [];
  for (const { row_id: id, detail } of moves) {
    const before = known.get(id);
    const wanted = detail.dropped ? source.id : target.id;
    const gone = before?.deleted_at != null && !detail.dropped;
    if (before === undefined || before.customer_id !== wanted || gone) {
      u.unsplit.push(stays(id, 'It is not on the team of the target any more'));
    } else if (before.role === 'owner' && !detail.dropped) {
      u.unsplit.push(stays(id, 'It owns the team of the target by now: it stays'));
    } else {
      const { role, external_id } = detail;
      const after = { ...before, customer_id: source.id, role, external_id, modified_at: at };
      back.push([before, { ...after, deleted_at: null }]);
    }
  }
  if (!back.some(([, after]) => after.role === 'owner')) {
    const [first] = back;
    if (first !== undefined) first[1].role = 'owner';
    else addOwner(w, u);
  }
  for (const [before, after] of back) {
    place(w, after);
    note(w, before, after);
  }
}

function addOwner(w: Work, u: Undoing): void {
  const owner = newOwner({ ...u.source, created_at: u.at }, { external_id: null });
  const { workspace_id, id, customer_id, created_at, email, name } = owner;
  w.defer(insertOwner(workspace_id, id, customer_id, created_at, email, name));
  w.record(memberChange(null, { ...owner, external_id: null }, 'member.created'));
}
