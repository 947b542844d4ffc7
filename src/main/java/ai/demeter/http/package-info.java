/**
 * The conventions of the wire that every business component shares: JSON in and out, problems (RFC
 * 9457), entity tags and conditional requests (RFC 9110, section 13), pages, and who is let in.
 *
 * <p>Why it exists: the two servers differ in how they bind JSON, in how they answer what they do
 * not understand, and in what their errors give away. What leaves here is the same on both, byte
 * for byte.
 */
package ai.demeter.http;
