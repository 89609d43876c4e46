package io.saryu.dist;

import java.nio.ByteBuffer;

/**
 * The ranks of a run, each a thread of one of its processes: what they exchange beside their devices. A rank's message goes
 * to its process, where the last one that comes brings those of all the process's ranks to the other processes.
 */
public final class RankGroup {
    private final ProcessGroup processes;
    private final byte[][] own;
    private String what;
    private int arrived;
    private long generation;
    private byte[][] all;

    public RankGroup(ProcessGroup processes) {
        this.processes = processes;
        this.own = new byte[processes.ranksPerProcess()][];
        processes.onAbort(this::wake);
    }

    public int worldSize() {
        return processes.worldSize();
    }

    /** The processes that the ranks belong to. */
    public ProcessGroup processes() {
        return processes;
    }

    private synchronized void wake() {
        notifyAll();
    }

    /**
     * Brings every rank's message to all. All ranks must make the same calls in the same order, each from its own thread.
     *
     * @param rank    the caller, one of this process's
     * @param name    of the exchange; equal on all ranks
     * @param message a few bytes, equally many on all ranks
     * @return the messages in rank order
     * @throws CommunicatorAbortedException when another rank failed or comes to another exchange
     */
    public byte[][] gather(int rank, String name, byte[] message) {
        int index = rank - processes.firstRank();
        synchronized (this) {
            processes.check();
            if (what != null && !what.equals(name)) {
                processes.abort("rank " + rank + " came to exchange '" + name + "' when another of its process came to '" + what
                        + "'; all ranks must do the same in the same order");
                processes.check();
            }
            what = name;
            own[index] = message;
            if (++arrived < own.length) {
                return await(rank);
            }
        }
        // The last one. Nobody else is here now: the others wait for what it brings, or for the end of the run.
        ByteBuffer together = ByteBuffer.allocate(own.length * message.length);
        for (byte[] one : own) {
            together.put(one);
        }
        byte[][] gathered = processes.gather(name, together.array());
        byte[][] result = new byte[worldSize()][message.length];
        for (int r = 0; r < result.length; r++) {
            byte[] from = gathered[r / own.length];
            if (from.length != own.length * message.length) {
                processes.abort(processes.name(r / own.length) + " sent " + from.length + " bytes to exchange '" + name + "', not "
                        + own.length * message.length);
                processes.check();
            }
            System.arraycopy(from, r % own.length * message.length, result[r], 0, message.length);
        }
        synchronized (this) {
            all = result;
            arrived = 0;
            what = null;
            generation++;
            notifyAll();
        }
        return result;
    }

    private byte[][] await(int rank) {
        long mine = generation;
        while (mine == generation && processes.aborted() == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                processes.abort("rank " + rank + " was interrupted while it waited for the others");
            }
        }
        if (mine == generation) {
            processes.check();
        }
        return all;
    }

    /** The sum of one number over all ranks, added in rank order. */
    public double sum(int rank, double value) {
        byte[][] values = gather(rank, "sum of a number", ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
        double sum = 0;
        for (byte[] one : values) {
            sum += ByteBuffer.wrap(one).getDouble();
        }
        return sum;
    }

    /** Returns when every rank has called it. */
    public void barrier(int rank) {
        gather(rank, "barrier", new byte[0]);
    }
}
