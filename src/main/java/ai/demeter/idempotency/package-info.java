/**
 * What is stored of a request with an {@code Idempotency-Key}, and how its outcome is found out.
 *
 * <p>Why it exists: a client whose request got no answer cannot know whether it was carried out,
 * and neither can this service when a connection breaks during a commit. With a key both can: it is
 * stored, with the answer, in the very transaction of what the request did, so that whoever puts it
 * in again either finds the answer, or has waited for the lost attempt to end and shut it out.
 */
package ai.demeter.idempotency;
