/** Lambda's limit for an event, in bytes: 6 MB. */
export const MAX_REQUEST_BYTES = 6_291_456;

/** Lambda's limit for an answer: as much, and a little for what is around it. */
export const MAX_RESPONSE_BYTES = 6_291_556;
