import { isatty } from 'node:tty';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Hands the signals that ask this process to end on to a child, each once. In: a function that
 * gives the child of the moment, if there is one. Out: a function that ends the handing on. What a
 * terminal sends (Ctrl-C, its own closing) reaches the child anyway, and a second signal would cut
 * a graceful stop short.
 */
export function forwardSignals(current) {
  const fromTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const handlers = signals.map((signal) => {
    let forwarded = signal !== 'SIGTERM' && fromTerminal;
    const forward = () => {
      if (!forwarded) current()?.kill(signal);
      forwarded = true;
    };
    process.on(signal, forward);
    return () => process.removeListener(signal, forward);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}
