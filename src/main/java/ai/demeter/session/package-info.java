/**
 * What a session with PostgreSQL is with: which server, through a pooler or not, with which limits;
 * and what it means that none can be opened.
 *
 * <p>Why it exists: the driver says the same of a database and of a pooler before it, and a pooler
 * may keep for itself what the driver asks the session for.
 */
package ai.demeter.session;
