package ai.demeter.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running script, and all the processes that it has started: whoever ends it leaves none. */
public final class Script implements AutoCloseable {
    private final Process process;

    /** Starts it. */
    public Script(ProcessBuilder command) throws IOException {
        process = command.start();
    }

    /** The script itself, which may have become another program. */
    public Process process() {
        return process;
    }

    /** Ends all of it with SIGKILL. */
    public void kill() {
        List<ProcessHandle> all = all();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }

    /**
     * Ends it with SIGTERM, and then whatever it did not pass that on to; SIGKILL a minute later.
     */
    @Override
    public void close() {
        List<ProcessHandle> all = all();
        try {
            for (ProcessHandle one : all) {
                one.destroy();
                one.onExit().get(1, TimeUnit.MINUTES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It ends below.
        }
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }

    /** The script first. */
    private List<ProcessHandle> all() {
        List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
        process.descendants().forEach(all::add);
        return all;
    }
}
