package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import io.saryu.tensor.Workspace;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * A backend that counts memory and computes nothing: its tensors have addresses that nobody may touch, its ops do nothing.
 * A training step walked through on it takes milliseconds and asks for exactly the memory of a real one.
 */
public final class DryBackend {
    /** Not the host, so that reading an element is an exception. */
    private static final Device DEVICE = new Device("dry", 0);

    private final Backend proxy = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class}, this::invoke);
    private long bytes;

    /** The backend to hand out. */
    public Backend backend() {
        return proxy;
    }

    /** Bytes allocated and not closed. */
    public long bytes() {
        return bytes;
    }

    private Object invoke(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "name", "description", "toString" -> "dry";
            case "device" -> DEVICE;
            case "supports" -> arguments[0] == DType.F32 || ((DType) arguments[0]).isHalf();
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
        return Tensor.of(name, dtype, DEVICE, MemorySegment.ofAddress(Tensor.ALIGNMENT).reinterpret(size),
                () -> bytes -= size, shape);
    }

    private final class DryContext implements ExecutionContext {
        private final int threads;
        private final Workspace workspace = new Workspace((name, dtype, shape) -> allocate(name, dtype, shape));

        DryContext(int threads) {
            this.threads = threads;
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
