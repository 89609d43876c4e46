package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import io.saryu.tensor.Workspace;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * A backend that counts memory and computes nothing: its tensors have addresses that nobody may touch, its ops do nothing.
 * A training step walked through on it takes milliseconds and asks for exactly the memory of a real one.
 */
public final class DryBackend {
    /** Not the host, so that reading an element is an exception. */
    private static final Device DEVICE = new Device("dry", 0);
    /** More than any machine has: 64 TB. */
    private static final long ENDLESS = 1L << 46;

    private final Backend proxy = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class}, this::invoke);
    private final long chunkBytes;
    private final List<Workspace> spaces = new ArrayList<>();
    private long bytes;
    /** Most bytes outside of workspaces at a time. */
    private long peak;

    /** @param chunkBytes of the backend that the walk stands for: {@link Backend#chunkBytes} */
    public DryBackend(long chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    /** The backend to hand out. */
    public Backend backend() {
        return proxy;
    }

    /** Bytes allocated and not closed, and what the workspaces of contexts would have to reserve. */
    public long bytes() {
        return bytes + workspaces();
    }

    /** Most {@link #bytes} at a time, or a little more: the workspaces' regions are counted as they are in the end. */
    public long peakBytes() {
        return peak + workspaces();
    }

    private long workspaces() {
        return spaces.stream().mapToLong(Workspace::extent).sum();
    }

    private Object invoke(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "name", "description", "toString" -> "dry";
            case "device" -> DEVICE;
            case "supports" -> arguments[0] == DType.F32 || ((DType) arguments[0]).isHalf();
            case "chunkBytes" -> chunkBytes;
            case "availableBytes" -> ENDLESS;
            case "newContext" -> new DryContext((int) arguments[0]);
            case "allocate" -> allocate((String) arguments[0], (DType) arguments[1], (long[]) arguments[2]);
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            default -> null;
        };
    }

    private Tensor allocate(String name, DType dtype, long[] shape) {
        long n = dtype.bytes();
        for (long d : shape) {
            n = Math.multiplyExact(n, d);
        }
        long size = n;
        bytes += size;
        peak = Math.max(peak, bytes);
        return tensor(name, dtype, size, () -> bytes -= size, shape);
    }

    private static Tensor tensor(String name, DType dtype, long size, Runnable release, long... shape) {
        return Tensor.of(name, dtype, DEVICE, MemorySegment.ofAddress(Tensor.ALIGNMENT).reinterpret(size), release, shape);
    }

    private final class DryContext implements ExecutionContext {
        private final int threads;
        /** One region without an end, so that its extent is what a step needs in one piece. */
        private final Workspace workspace =
                new Workspace((name, dtype, shape) -> tensor(name, dtype, shape[0], () -> { }, shape));

        DryContext(int threads) {
            this.threads = threads;
            workspace.reserve(ENDLESS);
            spaces.add(workspace);
        }

        @Override
        public Backend backend() {
            return proxy;
        }

        @Override
        public Workspace workspace() {
            return workspace;
        }

        @Override
        public int threads() {
            return threads;
        }

        @Override
        public void synchronize() {
            // Nothing is ever under way.
        }

        @Override
        public void close() {
            workspace.close();
        }
    }
}
