import { doctorLedger } from '@clientele/contracts/admin/operations/upkeep.ts';
import { route } from '../../../../http/route.ts';
import { verifyLedger } from '../../../../modules/wallets/index.ts';

export const get = route(doctorLedger, {
  run: (app, caller) => verifyLedger(app, caller),
  answer: (problems) => ({
    body: {
      ok: problems.length === 0,
      problems: problems.map(({ seq, ...p }) => ({ ...p, sequence: seq })),
    },
  }),
});
