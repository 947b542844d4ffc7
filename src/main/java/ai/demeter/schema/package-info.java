/**
 * The schema that the application needs: migrated, checked, and within its role's rights before
 * anything is served.
 *
 * <p>Why it exists: an application that is ready on a schema it does not fit answers 500 to
 * everybody, and one whose deployment fails with the database away has to be started again by hand.
 */
package ai.demeter.schema;
