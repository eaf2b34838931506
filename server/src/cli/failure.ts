/** A problem a person is told in one line; the process then ends with code 1. */
export class CliFailure extends Error {}
