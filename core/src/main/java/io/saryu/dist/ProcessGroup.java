package io.saryu.dist;

import java.util.Map;

/**
 * The processes of one run, which are on one host or on several: they agree on what they run, exchange small messages beside
 * what their devices exchange, and notice when one of them fails, falls silent or is gone. Made by {@link Rendezvous}.
 *
 * <p>No wait here lasts longer than all processes live: when one is lost, the waits of all others end with
 * {@link CommunicatorAbortedException}, whose message names its ranks. Safe for use by several threads, but for
 * {@link #gather} and what is made of it: one thread at a time.
 */
public interface ProcessGroup extends AutoCloseable {
    /** A run that is one process. */
    static ProcessGroup alone(int ranks) {
        return new LoneProcess(ranks);
    }

    /** This process, in [0, {@link #processes}). Process 0 leads: it writes the run's files and tells the user. */
    int process();

    int processes();

    /** Ranks of each process. */
    int ranksPerProcess();

    /** Ranks of the run. */
    default int worldSize() {
        return processes() * ranksPerProcess();
    }

    /** The first rank of this process; it has {@link #ranksPerProcess} in a row. */
    default int firstRank() {
        return process() * ranksPerProcess();
    }

    default boolean isLeader() {
        return process() == 0;
    }

    /**
     * Brings every process's message to all. All processes must make the same calls in the same order.
     *
     * @param what names the exchange; it must be equal on all
     * @param own  this process's message, at most a few megabytes
     * @return the messages in the order of the processes
     * @throws CommunicatorAbortedException when another process is lost, failed or comes to another exchange
     */
    byte[][] gather(String what, byte[] own);

    /**
     * Brings process 0's message to all.
     *
     * @param own what process 0 sends; the others' is ignored
     */
    default byte[] fromLeader(String what, byte[] own) {
        return gather(what, isLeader() ? own : new byte[0])[0];
    }

    /**
     * Compares what all processes must have in common, such as the configuration.
     *
     * @param facts        names and values
     * @param whatToDo     ends the message: what makes them equal
     * @throws IllegalArgumentException on all processes when one differs, naming it and what differs
     */
    default void agree(Map<String, String> facts, String whatToDo) {
        Facts.compare(gather("comparison", Facts.encode(facts)), this, whatToDo);
    }

    /** Whom a message means by a process: its ranks and its host. */
    String name(int process);

    /** Ends the run for all processes with this reason; the first reason wins. */
    void abort(String reason);

    /** Why the run was ended; null while it goes on. */
    String aborted();

    /** @throws CommunicatorAbortedException when the run was ended */
    default void check() {
        String reason = aborted();
        if (reason != null) {
            throw new CommunicatorAbortedException(reason);
        }
    }

    /**
     * Runs work when the run is ended by {@link #abort} on any process, once, on a thread of its own; at once when it is
     * already.
     */
    void onAbort(Runnable work);

    /** Leaves the group; others that still exchange something then learn so. */
    @Override
    void close();
}
