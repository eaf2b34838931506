import { contracts } from '@clientele/contracts/index.ts';
import type { Contract, Operation } from '@clientele/contracts/lib/operation.ts';
import { attempt } from '../../src/http/probe/requests.ts';
import { type CredentialKind, credentialKinds } from '../../src/modules/credentials/index.ts';
import { call, type Reply } from '../kit/call.ts';

/** An operation together with its contract and the kind of credential that opens its surface. */
export interface Listed {
  name: string;
  contract: Contract;
  operation: Operation;
  kind: CredentialKind | undefined;
}

const kindOf = (surface: string) =>
  (Object.keys(credentialKinds) as CredentialKind[]).find(
    (kind) => credentialKinds[kind].surface === surface,
  );

/** Every operation of every contract. */
export const operations: Listed[] = contracts.flatMap((contract) =>
  contract.operations.map((operation) => ({
    name: `${contract.surface} ${operation.id}`,
    contract,
    operation,
    kind: kindOf(contract.surface),
  })),
);

/** Sends an operation with input that its schema accepts and ids that name nothing. */
export function send(url: string, o: Operation, token: string | undefined): Promise<Reply> {
  const { method, url: path, body } = attempt(o, { ids: {}, texts: {} });
  const media = o.stream?.mediaTypes[0];
  return call(url, method, path, {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
    ...(media === undefined ? {} : { headers: { 'content-type': media } }),
  });
}
