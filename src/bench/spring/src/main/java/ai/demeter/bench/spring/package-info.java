/**
 * Spring Boot with HikariCP, which the benchmark measures beside Demeter: the same requests to the
 * same table, written as its documentation suggests. Spring MVC with Jackson and Bean Validation,
 * Spring Data JPA.
 */
package ai.demeter.bench.spring;
