import { Type } from '@sinclair/typebox';

export const ValidationError = Type.Object(
  {
    type: Type.String({ description: 'What kind of problem this is; stable' }),
    loc: Type.Array(Type.Unsafe<string | number>({ type: ['string', 'integer'] }), {
      description: 'Where it is: body, query or path first, then the way down',
    }),
    msg: Type.String({ description: 'The problem in words' }),
    input: Type.Unknown({ description: 'What was sent there' }),
    ctx: Type.Optional(
      Type.Object({}, { additionalProperties: true, description: 'Limits that were broken' }),
    ),
  },
  { title: 'ValidationError', description: 'One problem with one place of the input' },
);

export const HTTPValidationError = Type.Object(
  {
    error: Type.Literal('RequestValidationError', { type: 'string' }),
    detail: Type.Array(ValidationError),
  },
  { title: 'HTTPValidationError', description: 'Every problem of a request, together' },
);

export const ErrorResponse = Type.Object(
  {
    error: Type.String({ description: 'Stable name of the error' }),
    detail: Type.String({ description: 'The error in words' }),
  },
  { title: 'ErrorResponse', description: 'Why a request was refused' },
);

export const AccessError = Type.Object(
  {
    error: Type.String({ description: 'Stable name of the error' }),
    detail: Type.Optional(Type.String({ description: 'The error in words' })),
    error_description: Type.Optional(
      Type.String({ description: 'The error in words, where the token itself is at fault' }),
    ),
  },
  { title: 'AccessError', description: 'Why a caller was refused' },
);

/** The error body by status; 0 stands for every status not named. */
export const errorSchemas = {
  0: ErrorResponse,
  401: AccessError,
  403: AccessError,
  422: HTTPValidationError,
  500: Type.String({ description: 'No more than the name of the status' }),
};
