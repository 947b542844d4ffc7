/**
 * Quarkus with Agroal, which the benchmark measures beside Demeter: the same requests to the same
 * table, written as its documentation suggests. Quarkus REST with Jackson and Bean Validation,
 * Hibernate ORM with Panache.
 */
package ai.demeter.bench.quarkus;
