package ai.demeter.detection;

/**
 * What became of a load of which all is stored.
 *
 * @param created rows stored
 */
record Created(long created) {}
