import { Type } from '@sinclair/typebox';
import { nullable, time, words } from '../../lib/schema.ts';
import { identifier } from '../../workspace/schemas/stored.ts';

const text = (description: string) => nullable(Type.String({ description }));

export const VatValidation = Type.Object(
  {
    id: identifier('Unique id'),
    organization_id: identifier('The workspace this belongs to'),
    customer_id: identifier('Whose number it is'),
    provider: words(['vies', 'manual'], { description: 'Who was asked: the register or a person' }),
    check_type: words(['automatic', 'requested', 'recheck', 'override', 'override_cleared'], {
      description: 'What led to it',
    }),
    country_code: text('Country of the number, as VIES writes it'),
    vat_number: text('The number without its country'),
    requester: text('In the name of which VAT number it was asked'),
    verdict: nullable(
      words(['valid', 'invalid', 'unavailable'], {
        title: 'VatVerdict',
        description: 'What the register said; unavailable where it said nothing, null by hand',
      }),
    ),
    failure: text('Why the register said nothing'),
    consultation_number: text('Number of the consultation, the proof towards the tax office'),
    name: text('Whom the register named; empty after erasure'),
    address: text('The address that the register named; empty after erasure'),
    result_payload: Type.Record(Type.String(), Type.Unknown(), {
      description: 'What else the register answered',
    }),
    reason: text('Why a person decided; empty after erasure'),
    actor_id: Type.String({ description: 'Who asked or decided' }),
    checked_at: time('When it was asked or decided'),
    expires_at: nullable(time('Until when it holds')),
  },
  { title: 'VatValidation', description: 'Evidence of a VAT number; never changes' },
);

export const ManualOverride = Type.Object(
  {
    reason: Type.String({
      description: 'Why the number counts as valid',
      minLength: 1,
      maxLength: 500,
      'x-trim': true,
    }),
    ttl_days: Type.Optional(
      Type.Integer({
        description: 'Days it holds; those of the settings unless given',
        minimum: 1,
        maximum: 365,
      }),
    ),
    expires_at: Type.Optional(
      Type.String({
        description: 'Until when it holds, in place of ttl_days; in the future',
        format: 'date-time',
        'x-time': true,
      }),
    ),
  },
  { title: 'ManualOverride', description: 'A word of a person in place of the register' },
);
