package io.saryu.dist;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A connection to another process of the run. Messages are a length, a kind and bytes. A writer and a reader of its own keep
 * it alive: the writer sends a beat when there is nothing to say, the reader notices when nothing comes. Sending never waits
 * for the other side.
 */
final class PeerLink {
    /** Kinds of messages. */
    static final byte HELLO = 1;
    static final byte WELCOME = 2;
    static final byte REFUSED = 3;
    static final byte CONTRIBUTION = 4;
    static final byte RESULT = 5;
    static final byte ABORT = 6;
    private static final byte BEAT = 7;
    private static final byte BYE = 8;
    private static final byte BYE_HEARD = 9;

    /** Longer is no message of ours, and no memory is given to it. */
    static final int MOST_BYTES = 64 << 20;
    /** Beats in the time after which silence is a failure. */
    private static final int BEATS = 8;
    private static final long LONGEST_CLOSE_SECONDS = 5;

    private record Message(byte kind, byte[] bytes) {
    }

    /** Told by the reader's thread. */
    interface Listener {
        void received(PeerLink link, byte kind, byte[] bytes);

        /** The other process has left as it should. */
        void left(PeerLink link);

        /** The other process is gone or silent; {@code how} completes "lost rank 1: ...". */
        void lost(PeerLink link, String how);
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final int process;
    private final Duration silence;
    private final BlockingQueue<Message> outgoing = new LinkedBlockingQueue<>();
    private final CountDownLatch quiet = new CountDownLatch(1);
    private volatile boolean closing;

    /**
     * @param silence after which the other process counts as lost
     */
    PeerLink(Socket socket, int process, Duration silence) throws IOException {
        this.socket = socket;
        this.process = process;
        this.silence = silence;
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /** The process at the other end. */
    int process() {
        return process;
    }

    /** Before {@link #start}: writes a message on the calling thread. */
    void write(byte kind, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.writeByte(kind);
        out.write(bytes);
        out.flush();
    }

    /** Before {@link #start}: reads a message of this kind, or of the kind {@link #REFUSED}, on the calling thread. */
    byte[] read(byte wanted, int mostBytes) throws IOException, RefusedException {
        int length = in.readInt();
        byte kind = in.readByte();
        if (length < 0 || length > mostBytes || kind != wanted && kind != REFUSED) {
            throw new IOException("what came is no message of a Saryu process");
        }
        byte[] bytes = in.readNBytes(length);
        if (kind == REFUSED) {
            throw new RefusedException(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
        }
        return bytes;
    }

    /** The other side does not take us, and says why. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    void start(Listener listener) throws IOException {
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, silence.toMillis()));
        Thread.ofVirtual().name("saryu-to-" + process).start(this::writeAll);
        Thread.ofVirtual().name("saryu-from-" + process).start(() -> readAll(listener));
    }

    /** Sends a message soon. */
    void send(byte kind, byte[] bytes) {
        outgoing.add(new Message(kind, bytes));
    }

    private void writeAll() {
        long beat = Math.max(1, silence.toMillis() / BEATS);
        try {
            while (true) {
                Message next = outgoing.poll(beat, TimeUnit.MILLISECONDS);
                write(next == null ? BEAT : next.kind, next == null ? new byte[0] : next.bytes);
                if (next != null && next.kind == BYE) {
                    // What else is to be said is that we have heard the other's goodbye, and that it can do without.
                    return;
                }
            }
        } catch (IOException e) {
            // The reader finds out, and can tell more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readAll(Listener listener) {
        boolean left = false;
        try {
            while (true) {
                int length;
                try {
                    length = in.readInt();
                } catch (SocketTimeoutException e) {
                    if (closing) {
                        // Whoever closes waits for the other side no longer than it wants to, and closes the socket.
                        continue;
                    }
                    throw e;
                }
                byte kind = in.readByte();
                if (length < 0 || length > MOST_BYTES) {
                    throw new IOException("a message of " + length + " bytes");
                }
                byte[] bytes = new byte[length];
                in.readFully(bytes);
                switch (kind) {
                    case BEAT -> { }
                    case BYE -> {
                        left = true;
                        send(BYE_HEARD, new byte[0]);
                        listener.left(this);
                        if (closing) {
                            quiet.countDown();
                        }
                    }
                    case BYE_HEARD -> quiet.countDown();
                    default -> listener.received(this, kind, bytes);
                }
            }
        } catch (SocketTimeoutException e) {
            if (!left && !closing) {
                listener.lost(this, "nothing was heard of it for " + silence.toSeconds() + " s, so the process or its host hangs, or"
                        + " the network between is cut");
            }
        } catch (IOException e) {
            if (!left && !closing) {
                listener.lost(this, "the process has ended without a word to the others; what it printed last says why");
            }
        } finally {
            quiet.countDown();
            close(socket);
        }
    }

    /**
     * Says goodbye after all that was sent, waits a little until the other side has heard it, and closes: closing at once could
     * take from it what it has not read yet.
     */
    void close() {
        closing = true;
        send(BYE, new byte[0]);
        try {
            quiet.await(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(socket);
        }
    }

    /** Closes without a word. */
    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to do with it.
        }
    }
}
