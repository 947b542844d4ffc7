package ai.demeter.status;

/**
 * What the pool was like in one second.
 *
 * @param number counts the samples of this process
 * @param epochSecond when it was taken
 * @param busy connections lent
 * @param idle connections open and not lent
 * @param waiting requests that waited for a connection
 * @param reachable whether the database was
 * @param change of the event log: what happened later is news to whoever has seen this sample
 */
record Sample(
        long number,
        long epochSecond,
        int busy,
        int idle,
        int waiting,
        boolean reachable,
        long change) {

    /** As it is sent, because there are many. */
    long[] wire() {
        return new long[] {number, epochSecond, busy, idle, waiting, reachable ? 1 : 0};
    }
}
