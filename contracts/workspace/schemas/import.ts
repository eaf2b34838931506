import { Type } from '@sinclair/typebox';
import { words } from '../../lib/schema.ts';
import { identifier, whole } from './stored.ts';

/** One line of an import's answer: what became of one row. */
export const ImportVerdict = Type.Object(
  {
    line: Type.Integer({
      description: 'Line the row starts on; in a JSON array its place in it',
      minimum: 1,
    }),
    status: words(['created', 'updated', 'unchanged', 'failed']),
    id: Type.Optional(identifier('The customer; absent when the row failed')),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          column: Type.String({ description: 'Column at fault; empty for the row as a whole' }),
          type: Type.String({ description: 'What kind of problem this is; stable' }),
          message: Type.String({ description: 'The problem in words' }),
        }),
      ),
    ),
  },
  { title: 'ImportVerdict', description: 'What became of one row' },
);

/** The last line of an import's answer. */
export const ImportSummary = Type.Object(
  {
    summary: Type.Object({
      created: whole('Rows that made a customer'),
      updated: whole('Rows that changed one'),
      unchanged: whole('Rows that said nothing new'),
      failed: whole('Rows that broke a rule'),
    }),
  },
  { title: 'ImportSummary', description: 'How many rows ended in which way' },
);
