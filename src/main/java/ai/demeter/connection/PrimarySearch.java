package ai.demeter.connection;

import ai.demeter.session.OpeningFailure;
import ai.demeter.session.Session;
import ai.demeter.settings.DatabaseUrl;
import ai.demeter.transport.BackgroundThread;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Finds the primary among the hosts of a URL, and never a former one.
 *
 * <p>The host that was the primary last is asked first; if it has not let us in within a moment,
 * all the others are asked beside it, each within its own share of the time, so that a silent one
 * costs the others nothing. Each promotion begins a new timeline: of two servers that take writes,
 * the one of the older timeline is a former primary, and once a newer one was seen no session with
 * an older one is handed out.
 */
final class PrimarySearch {
    private static final Logger LOG = Logger.getLogger(PrimarySearch.class.getName());

    /** How long the last primary is asked alone. */
    private static final long HEAD_START_MILLIS = 250;

    /** How long others may still tell of a newer timeline once one has let us in. */
    private static final long GRACE_MILLIS = 250;

    /** Opens a session with one host, in bounded time. */
    interface Opening {
        Session open(DatabaseUrl host) throws SQLException;
    }

    private record Answer(
            DatabaseUrl host, Session session, SQLException failure, boolean atFirst) {}

    private final OpenConnections open;
    private DatabaseUrl last;
    private volatile long newest;

    /**
     * Knows none yet.
     *
     * @param open the pool's connections: those to a former primary are ended when that is found
     */
    PrimarySearch(OpenConnections open) {
        this.open = open;
    }

    /**
     * A session with the primary.
     *
     * @throws SQLException what a host refused it with, if one did; else SQLState 08001 with what
     *     each host said; 25006 if none but a former primary was found
     */
    Session find(List<DatabaseUrl> hosts, Opening opening) throws SQLException {
        if (hosts.size() == 1) {
            return accept(hosts.get(0), opening.open(hosts.get(0)));
        }
        Round round = new Round(opening);
        DatabaseUrl first = last();
        if (first != null && hosts.contains(first)) {
            round.ask(first);
            round.await(HEAD_START_MILLIS);
            if (round.best != null) {
                return accept(first, round.best.session);
            }
        }
        for (DatabaseUrl host : hosts) {
            if (!host.equals(first)) {
                round.ask(host);
            }
        }
        Answer best = round.best();
        if (best == null) {
            throw round.failure();
        }
        return accept(best.host, best.session);
    }

    /** The newest timeline seen; 0 if none was. */
    long newestTimeline() {
        return newest;
    }

    private synchronized DatabaseUrl last() {
        return last;
    }

    private Session accept(DatabaseUrl host, Session session) throws SQLException {
        if (session.backend().pooled()) {
            return session; // the pooler chooses, and may choose anew for each transaction
        }
        boolean moved;
        synchronized (this) {
            if (session.timeline() != 0 && session.timeline() < newest) {
                session.abort();
                throw new SQLException(
                        host.hostAndPort()
                                + " is on timeline "
                                + session.timeline()
                                + ", and timeline "
                                + newest
                                + " was seen: it is a former primary, which is not written to; make"
                                + " it a standby of the present one, or take it out of DATABASE_URL",
                        "25006");
            }
            // By its name alone only where it does not tell its timeline: a server may have two.
            boolean newer = session.timeline() > newest;
            boolean other = session.timeline() == 0 && !host.equals(last);
            moved = last != null && (newer || other);
            last = host;
            newest = Math.max(newest, session.timeline());
        }
        if (moved) {
            int ended = open.abortAllBut(session);
            LOG.warning(
                    "The primary is now %s (timeline %d); %d connections to the former one were closed"
                            .formatted(host.hostAndPort(), session.timeline(), ended));
        }
        return session;
    }

    /** The hosts that are asked for one session. */
    private static final class Round {
        private final Opening opening;
        private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        private final List<Answer> failed = new ArrayList<>();
        private Answer best;
        private int asked;
        private int askedAtFirst;
        private boolean over;

        Round(Opening opening) {
            this.opening = opening;
        }

        void ask(DatabaseUrl host) {
            askedAtFirst++;
            ask(host, true);
        }

        private void ask(DatabaseUrl host, boolean atFirst) {
            asked++;
            BackgroundThread.once("demeter-opening", () -> answer(host, atFirst));
        }

        /** While one is silent, others that have said no may be promoted. */
        private void askAgain() {
            List<Answer> again = List.copyOf(failed);
            failed.clear();
            again.forEach(answer -> ask(answer.host, false));
        }

        private void answer(DatabaseUrl host, boolean atFirst) {
            Answer answer;
            try {
                answer = new Answer(host, opening.open(host), null, atFirst);
            } catch (SQLException e) {
                answer = new Answer(host, null, e, atFirst);
            } catch (RuntimeException | Error e) {
                answer =
                        new Answer(host, null, new SQLException(e.toString(), "08001", e), atFirst);
            }
            synchronized (this) {
                if (!over) {
                    answers.add(answer);
                    return;
                }
            }
            if (answer.session != null) {
                answer.session.close(); // it came too late
            }
        }

        /** Takes one answer in; false if there is none in time. */
        boolean await(long millis) {
            try {
                Answer answer = answers.poll(millis, TimeUnit.MILLISECONDS);
                if (answer == null) {
                    return false;
                }
                asked--;
                askedAtFirst -= answer.atFirst ? 1 : 0;
                if (answer.session == null) {
                    failed.add(answer);
                } else if (best == null || best.session.timeline() < answer.session.timeline()) {
                    Answer former = best;
                    best = answer;
                    close(former);
                } else {
                    close(answer);
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                asked = 0; // who is to stop waits for nobody
                return false;
            }
        }

        private static void close(Answer answer) {
            if (answer != null) {
                answer.session.close();
            }
        }

        /** The one with the newest timeline; null if nobody let us in. Each host ends by itself. */
        Answer best() {
            while (asked > 0) {
                if (!await(GRACE_MILLIS)) {
                    if (best != null) {
                        break;
                    }
                    if (askedAtFirst > 0) {
                        askAgain();
                    }
                }
            }
            synchronized (this) {
                over = true;
            }
            for (Answer late = answers.poll(); late != null; late = answers.poll()) {
                if (late.session != null) {
                    late.session.close();
                }
            }
            return best;
        }

        /** Of the host that gave it: a standby beside it does not make a refusal a loss. */
        SQLException failure() {
            StringBuilder all = new StringBuilder("no host is a primary that lets us in: ");
            for (Answer answer : failed) {
                if (!OpeningFailure.isConnectivity(answer.failure)) {
                    return answer.failure;
                }
                all.append(answer.host.hostAndPort())
                        .append(": ")
                        .append(OpeningFailure.describe(answer.failure))
                        .append("; ");
            }
            SQLException failure = new SQLException(all.substring(0, all.length() - 2), "08001");
            failed.forEach(answer -> failure.addSuppressed(answer.failure));
            return failure;
        }
    }
}
