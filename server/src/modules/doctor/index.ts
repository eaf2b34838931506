export type { Crossing, Probe, ProbeReport, Specimens, Twin } from './probe.ts';
export { type DoctorCheck, runDoctor } from './run-doctor.ts';
