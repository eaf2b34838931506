import { it } from 'vitest';
import { startProgram } from '/work/main/server/test/kit/program.ts';
for (const path of ['/api/customers/', '/api/customers/export', '/api/events']) it('t '+path, async () => {
  const program = await startProgram();
  const ws = await program.workspace();
  for (let i=0;i<30;i++) await ws.api('POST','/api/customers/',{email:`a${i}@x.example`});
  let cut=0;
  for (let i=0;i<60;i++) { const c=new AbortController(); setTimeout(()=>c.abort(), Math.random()*6);
    try { const r=await fetch(program.url+path,{headers:{authorization:`Bearer ${ws.token}`},signal:c.signal}); await r.text(); } catch {cut++} }
  const t=Date.now();
  const n = await new Promise(r=>program.server.server.getConnections((e,n)=>r(n)));
  await program.close();
  console.log(path,'cut',cut,'conns',n,'close ms',Date.now()-t);
}, 100000);
