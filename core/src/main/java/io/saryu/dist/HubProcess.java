package io.saryu.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Process 0 of a group: all others are connected to it. It collects their contributions to an exchange and sends all of them
 * to each; it learns first when one is lost, and tells the others.
 */
final class HubProcess extends AbortableGroup implements PeerLink.Listener {
    private final PeerLink[] links;
    private final String[] hosts;
    private final boolean[] left;
    private final byte[][] contributions;
    private String what;
    private int contributed;
    private long sequence;
    private byte[][] result;
    private boolean closed;

    HubProcess(int processes, int ranksPerProcess, String host) {
        super(0, processes, ranksPerProcess);
        this.links = new PeerLink[processes];
        this.hosts = new String[processes];
        this.left = new boolean[processes];
        this.contributions = new byte[processes][];
        this.hosts[0] = host;
    }

    /**
     * A process has arrived.
     *
     * @return null when it was taken in, otherwise why not
     */
    String arrived(PeerLink link, String host) {
        synchronized (this) {
            if (aborted() != null || closed) {
                return aborted() == null ? "the run has ended" : aborted();
            }
            if (links[link.process()] != null) {
                return ranks(link.process()) + " arrived twice, from " + hosts[link.process()] + " and from " + host
                        + "; give each process a RANK of its own, and end what is left of an earlier run";
            }
            links[link.process()] = link;
            hosts[link.process()] = host;
            notifyAll();
        }
        return null;
    }

    /**
     * Waits until all have arrived.
     *
     * @throws CommunicatorAbortedException when they have not within the time, on those that have arrived too
     */
    void awaitAll(Duration timeout, String where) {
        long end = System.nanoTime() + timeout.toNanos();
        String late;
        synchronized (this) {
            long rest = timeout.toMillis();
            while (!missing().isEmpty() && aborted() == null && rest > 0) {
                try {
                    wait(rest);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                rest = (end - System.nanoTime()) / 1_000_000;
            }
            late = missing();
        }
        if (!late.isEmpty()) {
            abort(Thread.currentThread().isInterrupted() ? "rank 0 was interrupted while it waited for the others"
                    : late + " did not arrive within " + timeout.toSeconds() + " s; rank 0 waits for them on " + where
                    + ": start all " + processes() + " processes, see that those hosts reach this one on that port, or give them"
                    + " more time with " + LaunchEnvironment.TIMEOUT + "=SECONDS");
        }
        check();
    }

    private String missing() {
        List<String> missing = new ArrayList<>();
        for (int p = 1; p < links.length; p++) {
            if (links[p] == null) {
                missing.add(ranks(p));
            }
        }
        return String.join(", ", missing);
    }

    @Override
    public byte[][] gather(String name, byte[] own) {
        synchronized (this) {
            check();
            if (closed) {
                throw new CommunicatorAbortedException("this process has left the run");
            }
            long mine = sequence;
            contribute(0, mine, name, own);
            while (sequence == mine && aborted() == null) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    abort(name(0) + " was interrupted while it waited for the others");
                }
            }
            check();
            return result;
        }
    }

    /** Inside the monitor. Links only queue what they send, and an abort takes the monitor again, so neither waits here. */
    private synchronized void contribute(int process, long number, String name, byte[] bytes) {
        if (aborted() != null) {
            return;
        }
        if (number != sequence || contributions[process] != null || what != null && !what.equals(name)) {
            abort(name(process) + " came to exchange " + number + " (" + name + ") when the others were at " + sequence + " ("
                    + what + "); all ranks must do the same in the same order: run the same program on all");
            return;
        }
        what = name;
        contributions[process] = bytes;
        if (++contributed < processes()) {
            for (int p = 1; p < left.length; p++) {
                if (left[p] && contributions[p] == null) {
                    abort(name(p) + " left the run before its end");
                    return;
                }
            }
            return;
        }
        result = contributions.clone();
        byte[] message = encode(sequence, result);
        for (int p = 1; p < links.length; p++) {
            contributions[p] = null;
            links[p].send(PeerLink.RESULT, message);
        }
        contributions[0] = null;
        contributed = 0;
        what = null;
        sequence++;
        notifyAll();
    }

    private static byte[] encode(long sequence, byte[][] all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(sequence);
            for (byte[] one : all) {
                out.writeInt(one.length);
                out.write(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void received(PeerLink link, byte kind, byte[] bytes) {
        switch (kind) {
            case PeerLink.CONTRIBUTION -> {
                try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                    long number = in.readLong();
                    String name = in.readUTF();
                    contribute(link.process(), number, name, in.readAllBytes());
                } catch (IOException e) {
                    abort(name(link.process()) + " sent what is no contribution to an exchange");
                }
            }
            case PeerLink.ABORT -> abort(new String(bytes, StandardCharsets.UTF_8));
            default -> abort(name(link.process()) + " sent what is no message to rank 0");
        }
    }

    @Override
    public synchronized void left(PeerLink link) {
        left[link.process()] = true;
        if (contributed > 0 && contributions[link.process()] == null) {
            abort(name(link.process()) + " left the run before its end");
        }
    }

    @Override
    public void lost(PeerLink link, String how) {
        abort("lost " + name(link.process()) + ": " + how);
    }

    @Override
    void tellAborted(String reason) {
        for (PeerLink link : links) {
            if (link != null) {
                link.send(PeerLink.ABORT, reason.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Override
    public synchronized String name(int process) {
        return ranks(process) + (hosts[process] == null ? "" : " (on " + hosts[process] + ")");
    }

    /** The hosts of all processes, for the others' messages. */
    synchronized String hosts() {
        return String.join("\n", hosts);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<Thread> closing = new ArrayList<>();
        for (PeerLink link : links) {
            if (link != null) {
                closing.add(Thread.startVirtualThread(link::close));
            }
        }
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
