package io.saryu.dist;

import java.util.ArrayList;
import java.util.List;

/** What all process groups share: who this process is, and the one reason for which the run was ended. */
abstract class AbortableGroup implements ProcessGroup {
    private final int process;
    private final int processes;
    private final int ranksPerProcess;
    private final List<Runnable> listeners = new ArrayList<>();
    private String aborted;

    AbortableGroup(int process, int processes, int ranksPerProcess) {
        this.process = process;
        this.processes = processes;
        this.ranksPerProcess = ranksPerProcess;
    }

    /** Sends the reason to the other processes, without waiting; called once, inside the monitor. */
    abstract void tellAborted(String reason);

    @Override
    public int process() {
        return process;
    }

    @Override
    public int processes() {
        return processes;
    }

    @Override
    public int ranksPerProcess() {
        return ranksPerProcess;
    }

    /** {@code rank 3}, or {@code ranks 2 and 3}, or {@code ranks 8 to 15}. */
    String ranks(int of) {
        int first = of * ranksPerProcess;
        int last = first + ranksPerProcess - 1;
        return first == last ? "rank " + first : "ranks " + first + (last == first + 1 ? " and " : " to ") + last;
    }

    @Override
    public void abort(String reason) {
        List<Runnable> told;
        synchronized (this) {
            if (aborted != null) {
                return;
            }
            aborted = reason;
            // Before who waits here can wake up, and leave: the reason has to go out before the goodbye.
            tellAborted(reason);
            told = List.copyOf(listeners);
            listeners.clear();
            notifyAll();
        }
        run(told);
    }

    private static void run(List<Runnable> work) {
        // A platform thread: listeners end what native libraries wait for.
        if (!work.isEmpty()) {
            Thread.ofPlatform().name("saryu-abort").daemon().start(() -> work.forEach(Runnable::run));
        }
    }

    @Override
    public synchronized String aborted() {
        return aborted;
    }

    @Override
    public void onAbort(Runnable work) {
        synchronized (this) {
            if (aborted == null) {
                listeners.add(work);
                return;
            }
        }
        run(List.of(work));
    }
}
