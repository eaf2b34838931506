import { customersImport } from '@clientele/contracts/workspace/operations/customers.ts';
import { streamRoute } from '../../../../http/route.ts';
export const post = streamRoute(customersImport, async () => {
  throw new Error('placeholder');
});
