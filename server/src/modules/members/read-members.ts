import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import type { Member, MemberRole } from './member.ts';
import { listMembersPage, memberById } from './members.store.ts';

/** One live member. Errors: 404. */
export function getMember(app: App, caller: Caller, id: string): Promise<Member> {
  return app.work(caller, (w) =>
    w.defer<Member>(memberById(caller.workspaceId, id)).map(({ rows }) => {
      const member = rows[0];
      if (member === undefined) throw notFound('Member not found');
      return member;
    }),
  );
}

/** A numbered page of members, newest first, with the exact total. */
export function listMembers(
  app: App,
  caller: Caller,
  request: PageRequest & { customer_id?: string; email?: string; role?: MemberRole },
): Promise<Page<Member>> {
  const limit = Math.min(request.limit, MAX_PAGE_SIZE);
  const offset = Math.min((request.page - 1) * limit, 2 ** 40);
  return app.work(
    caller,
    (w) =>
      w
        .defer<Member & { total: number }>(
          listMembersPage(
            caller.workspaceId,
            request.customer_id,
            request.email,
            request.role,
            limit,
            offset,
          ),
        )
        .map(({ rows }) => ({
          total: rows[0]?.total ?? 0,
          rows: rows.filter((r) => r.id !== null),
        })),
    { lane: 'slow' },
  );
}
