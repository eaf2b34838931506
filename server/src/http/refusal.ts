import type { Answer } from '../kernel/answer.ts';
import type { DomainError } from '../kernel/errors.ts';
import type { Surface } from './surface.ts';

/** An error in the shape of a surface, with what every surface tells the same way in headers. */
export function refusal(
  surface: Surface,
  error: DomainError,
  request: { id: string; url: string },
): Answer {
  const answer = surface.refuse(error, request);
  const { merged_into: id } = error.members;
  if (typeof id !== 'string') return answer;
  // README decision 31
  return { ...answer, headers: { ...answer.headers, 'clientele-merged-into': id } };
}
