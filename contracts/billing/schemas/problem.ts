import { Type } from '@sinclair/typebox';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Stable URI of the kind of problem' }),
    title: Type.String({ description: 'Name of the status' }),
    status: Type.Integer({ description: 'Status of the answer' }),
    detail: Type.String({ description: 'The problem in words' }),
    instance: Type.String({ description: 'Path of the request' }),
    code: Type.String({ description: 'Stable name to switch on' }),
    request_id: Type.String({ description: 'Id of the request, as in X-Request-ID' }),
    fields: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ description: 'Way to the field' }),
          code: Type.String({ description: 'What kind of problem this is' }),
          message: Type.String({ description: 'The problem in words' }),
        }),
        { description: 'Every bad field' },
      ),
    ),
  },
  {
    title: 'Problem',
    description: 'Why a request was refused (RFC 9457)',
    additionalProperties: true,
  },
);

/** The error body by status; 0 stands for every status not named. */
export const errorSchemas = { 0: Problem };
