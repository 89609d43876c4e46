package io.saryu.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Any process of a group but the first, to which it is connected. */
final class SpokeProcess extends AbortableGroup implements PeerLink.Listener {
    private static final String LEFT = "rank 0 left the run before its end";

    private final PeerLink link;
    private final String hubHost;
    private String[] hosts = new String[0];
    private long sequence;
    private byte[][] result;
    private boolean waiting;
    private boolean hubLeft;
    private boolean closed;

    SpokeProcess(int process, int processes, int ranksPerProcess, PeerLink link, String hubHost) {
        super(process, processes, ranksPerProcess);
        this.link = link;
        this.hubHost = hubHost;
    }

    /** @param all hosts by process */
    synchronized void hosts(String[] all) {
        hosts = all;
    }

    @Override
    public byte[][] gather(String what, byte[] own) {
        long mine;
        synchronized (this) {
            check();
            if (closed) {
                throw new CommunicatorAbortedException("this process has left the run");
            }
            mine = sequence;
            waiting = true;
        }
        if (hasHubLeft()) {
            abort(LEFT);
        }
        link.send(PeerLink.CONTRIBUTION, encode(mine, what, own));
        synchronized (this) {
            while (sequence == mine && aborted() == null) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            if (sequence > mine) {
                return result;
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            abort(name(process()) + " was interrupted while it waited for the others");
        }
        throw new CommunicatorAbortedException(aborted());
    }

    private synchronized boolean hasHubLeft() {
        return hubLeft;
    }

    private static byte[] encode(long sequence, String what, byte[] own) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(sequence);
            out.writeUTF(what);
            out.write(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void received(PeerLink from, byte kind, byte[] bytes) {
        switch (kind) {
            case PeerLink.RESULT -> finish(bytes);
            case PeerLink.ABORT -> abort(new String(bytes, StandardCharsets.UTF_8));
            default -> abort(name(0) + " sent what is no message to " + name(process()));
        }
    }

    private void finish(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long number = in.readLong();
            byte[][] all = new byte[processes()][];
            for (int p = 0; p < all.length; p++) {
                int length = in.readInt();
                if (length < 0 || length > bytes.length) {
                    throw new IOException("a length of " + length);
                }
                all[p] = in.readNBytes(length);
            }
            synchronized (this) {
                if (number != sequence) {
                    throw new IOException("the result of exchange " + number + " at " + sequence);
                }
                result = all;
                sequence++;
                waiting = false;
                notifyAll();
            }
        } catch (IOException e) {
            abort(name(0) + " sent what is no result of an exchange (" + e.getMessage() + ")");
        }
    }

    @Override
    public void left(PeerLink from) {
        boolean early;
        synchronized (this) {
            hubLeft = true;
            early = waiting;
        }
        if (early) {
            abort(LEFT);
        }
    }

    @Override
    public void lost(PeerLink from, String how) {
        abort("lost " + name(0) + ": " + how);
    }

    @Override
    void tellAborted(String reason) {
        link.send(PeerLink.ABORT, reason.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized String name(int process) {
        String host = process < hosts.length ? hosts[process] : process == 0 ? hubHost : null;
        return ranks(process) + (host == null ? "" : " (on " + host + ")");
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        link.close();
    }
}
