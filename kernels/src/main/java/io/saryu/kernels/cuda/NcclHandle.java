package io.saryu.kernels.cuda;

import io.saryu.bindings.nccl.Nccl;
import io.saryu.bindings.nccl.ncclConfig_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.ToIntFunction;

/**
 * An {@code ncclComm_t}. One thread issues collectives; any may abort, also while a collective call has not returned: that
 * is how a call that waits for a lost rank is ended. Nothing touches the handle after it was given back.
 */
final class NcclHandle {
    /** A call that is not stuck has ended long before. */
    private static final long PATIENCE_SECONDS = 1;
    private static final long ABORT_SECONDS = 2;
    private static final long DESTROY_SECONDS = 10;

    private static final ToIntFunction<MemorySegment> ABORT = Nccl::ncclCommAbort;
    private static final System.Logger LOG = System.getLogger(NcclHandle.class.getName());

    private final CudaDevice device;
    private final MemorySegment comm;
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private volatile boolean gone;

    private NcclHandle(CudaDevice device, MemorySegment comm) {
        this.device = device;
        this.comm = comm;
    }

    /** A new name for ranks to meet under; made by one of them. */
    static byte[] uniqueId() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(Nccl.NCCL_UNIQUE_ID_BYTES());
            CudaErrors.nccl(Nccl.ncclGetUniqueId(id), "making a name for the ranks to meet under");
            return id.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Meets all other ranks; waits for them, on whatever thread is given to it. */
    static NcclHandle meet(CudaDevice device, byte[] uniqueId, int rank, int worldSize) {
        device.makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(Nccl.NCCL_UNIQUE_ID_BYTES()).copyFrom(MemorySegment.ofArray(uniqueId));
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            int status = Nccl.ncclCommInitRankConfig(out, worldSize, id, rank, config(arena));
            if (status != Nccl.ncclSuccess()) {
                throw failed(status, "connecting rank " + rank + " of " + worldSize + " on " + device, MemorySegment.NULL);
            }
            return new NcclHandle(device, out.get(ValueLayout.ADDRESS, 0));
        }
    }

    /**
     * NCCL_CONFIG_INITIALIZER of nccl.h, which is a macro and so not among the bindings; calls return when they have issued
     * their work.
     */
    private static MemorySegment config(Arena arena) {
        MemorySegment config = ncclConfig_t.allocate(arena);
        // Every int that is not set says so; where a pointer is, that pattern is put right.
        for (long at = 0; at < config.byteSize(); at += Integer.BYTES) {
            config.set(ValueLayout.JAVA_INT, at, Nccl.NCCL_CONFIG_UNDEF_INT());
        }
        MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
        CudaErrors.nccl(Nccl.ncclGetVersion(version), "asking NCCL for its version");
        ncclConfig_t.size(config, config.byteSize());
        ncclConfig_t.magic(config, Nccl.NCCL_API_MAGIC());
        // An older library does not know the fields of a newer header, and takes those of its own.
        ncclConfig_t.version(config, Math.min(Nccl.NCCL_VERSION_CODE(), version.get(ValueLayout.JAVA_INT, 0)));
        ncclConfig_t.netName(config, MemorySegment.NULL);
        ncclConfig_t.commName(config, MemorySegment.NULL);
        ncclConfig_t.blocking(config, 1);
        return config;
    }

    /** Issues a collective. */
    void issue(String what, ToIntFunction<MemorySegment> collective) {
        if (!begin()) {
            throw new IllegalStateException(what + ": the communicator was closed");
        }
        try {
            int status = collective.applyAsInt(comm);
            if (status != Nccl.ncclSuccess()) {
                throw failed(status, what, comm);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    /** What went wrong on this or another rank, in NCCL's words; null while all is well. */
    String asyncError() {
        if (!begin()) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            int status = Nccl.ncclCommGetAsyncError(comm, out);
            int error = status == Nccl.ncclSuccess() ? out.get(ValueLayout.JAVA_INT, 0) : status;
            return error == Nccl.ncclSuccess() || error == Nccl.ncclInProgress() ? null : words(error, comm);
        } finally {
            use.readLock().unlock();
        }
    }

    /**
     * Takes the read lock unless the handle is given back or is about to be. It does not wait: who gives the handle back may
     * come out of NCCL only when the caller's thread has destroyed its graphs.
     */
    private boolean begin() {
        if (!use.readLock().tryLock()) {
            return false;
        }
        if (gone) {
            use.readLock().unlock();
            return false;
        }
        return true;
    }

    /**
     * Ends what is under way on this rank, and gives the handle back. NCCL ends it at once, but comes back from the call only
     * when the graphs that hold its collectives are destroyed; so this returns before.
     */
    void abort() {
        giveBack("abort", ABORT, ABORT_SECONDS);
    }

    /** Gives the handle back when nothing is under way and no graph holds a collective; may wait for other ranks that do the same. */
    void destroy() {
        giveBack("destroy", Nccl::ncclCommDestroy, DESTROY_SECONDS);
    }

    /** On a thread of its own, which is left to itself when it takes long. */
    private void giveBack(String name, ToIntFunction<MemorySegment> how, long seconds) {
        synchronized (this) {
            if (gone) {
                return;
            }
            gone = true;
        }
        Thread thread = Thread.ofPlatform().name("saryu-nccl-" + name).daemon().start(() -> {
            boolean alone = awaitCalls();
            try {
                device.makeCurrent();
                int status = how.applyAsInt(comm);
                if (status != Nccl.ncclSuccess()) {
                    LOG.log(System.Logger.Level.DEBUG, "{0} of a communicator on {1}: {2}", name, device, words(status, MemorySegment.NULL));
                }
            } finally {
                if (alone) {
                    use.writeLock().unlock();
                }
            }
        });
        try {
            if (!thread.join(Duration.ofSeconds(seconds)) && how != ABORT) {
                LOG.log(System.Logger.Level.WARNING, "NCCL does not let go of its connections on {0} and keeps their memory",
                        device);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all calls have ended, and no other can begin. */
    private boolean awaitCalls() {
        try {
            return use.writeLock().tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static CudaException failed(int status, String what, MemorySegment comm) {
        return new CudaException(CudaErrors.sentence(what, words(status, comm), "run again with NCCL_DEBUG=INFO to see more"),
                status);
    }

    private static String words(int status, MemorySegment comm) {
        String last = text(Nccl.ncclGetLastError(comm)).strip();
        return "NCCL: " + text(Nccl.ncclGetErrorString(status)) + " (" + status + (last.isEmpty() ? "" : ", " + last) + ")";
    }

    private static String text(MemorySegment address) {
        return address.equals(MemorySegment.NULL) ? "" : address.reinterpret(Long.MAX_VALUE).getString(0);
    }
}
