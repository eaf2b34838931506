import { type TSchema, Type } from '@sinclair/typebox';
import { defaulted } from '../../lib/schema.ts';
import { whole } from './stored.ts';

export const PageMeta = Type.Object(
  {
    total: whole('Rows that match, over all pages'),
    page: Type.Integer({ description: 'The page that was asked for', minimum: 1 }),
    per_page: Type.Integer({ description: 'Rows per page, after the cap', minimum: 1 }),
    pages: whole('Pages there are; 0 when nothing matches'),
  },
  { title: 'PageMeta', description: 'Where a page stands in its list' },
);

/** The envelope of a numbered list of `item`, named as the published contract names it. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object(
    { data: Type.Array(item), meta: PageMeta },
    { title: `PaginatedList_${item.title}_`, description: 'One page of a list' },
  );

/** The query of every numbered list. */
export const pageQuery = {
  page: defaulted(
    Type.Integer({ description: 'Page to read, counted from 1', exclusiveMinimum: 0 }),
    1,
  ),
  limit: defaulted(
    Type.Integer({
      description: 'Rows per page; more than 100 counts as 100',
      exclusiveMinimum: 0,
    }),
    10,
  ),
};
