/**
 * Who asks, and what they may: bearer tokens (RFC 6750) that are JSON Web Tokens (RFC 9068), and
 * the keys by which they are checked.
 *
 * <p>Why it exists: a token is checked with each request, before anything else is done for it, so
 * that must neither wait for the issuer nor cost a request much; and both servers' own ways
 * (MicroProfile JWT) do neither alike (docs/decisions/tokens.md). What is known of the caller is
 * kept for all rooms above, the database's included, which notes who wrote a row.
 */
package ai.demeter.auth;
