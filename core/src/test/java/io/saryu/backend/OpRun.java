package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.fail;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operands of a case in a backend's memory, each inside a larger block of NaN, so that a read outside an operand
 * shows in the results and a write outside is seen.
 */
public final class OpRun implements AutoCloseable {
    /** Elements before and after a dense operand, or each row of a padded one; a multiple of 64 bytes in F32, so that alignment is as allocated. */
    private static final int GUARD = 16;

    private final Backend ops;
    private final ExecutionContext ctx;
    private final OpSetup setup;
    private final DType dtype;
    private final Map<String, Tensor> before = new LinkedHashMap<>();
    private final Map<String, Tensor> roots = new LinkedHashMap<>();
    private final Map<String, Tensor> views = new LinkedHashMap<>();

    /** Uploads all operands, values rounded to the types of this backend. */
    public OpRun(OpSetup setup, Backend ops, ExecutionContext ctx, DType dtype) {
        this.ops = ops;
        this.ctx = ctx;
        this.setup = setup;
        this.dtype = dtype;
        for (OpSetup.Operand o : setup.operands) {
            long[] shape = rootShape(o);
            DType type = type(o, dtype);
            Tensor host = Tensor.allocate(o.name, type, shape);
            surround(host);
            view(o, host).fillFrom(o.values);
            before.put(o.name, host);
            Tensor root = o.kind == OpSetup.Kind.SEGMENTS ? Tensor.allocate(o.name, type, shape)
                    : ops.allocate(o.name, type, shape);
            if (o.kind == OpSetup.Kind.SEGMENTS) {
                root.segment().copyFrom(host.segment());
            } else {
                ops.copyFromHost(ctx, root, host);
            }
            roots.put(o.name, root);
            views.put(o.name, view(o, root));
        }
    }

    /** Sets all elements to what no operand holds; by doubling what is there, since blocks may be large. */
    private static void surround(Tensor host) {
        MemorySegment all = host.segment();
        host.set(0, host.dtype().isFloating() ? Double.NaN : -77);
        long bytes = host.count() * host.dtype().bytes();
        for (long done = host.dtype().bytes(); done < bytes; done *= 2) {
            MemorySegment.copy(all, 0, all, done, Math.min(done, bytes - done));
        }
    }

    private static long[] rootShape(OpSetup.Operand o) {
        return switch (o.rows) {
            case DENSE -> new long[] {o.values.length + 2 * GUARD};
            case STRIDED -> new long[] {o.shape[0] + 2, o.shape[1] + 5};
            case PADDED -> new long[] {o.shape[0] + 2, o.shape[1] + 2 * GUARD};
        };
    }

    private static Tensor view(OpSetup.Operand o, Tensor root) {
        return switch (o.rows) {
            case DENSE -> root.slice(o.name, GUARD, o.shape);
            case STRIDED -> root.rows(1, 1 + o.shape[0]).columns(3, 3 + o.shape[1]);
            case PADDED -> root.rows(1, 1 + o.shape[0]).columns(GUARD, GUARD + o.shape[1]);
        };
    }

    private static DType type(OpSetup.Operand o, DType values) {
        return switch (o.kind) {
            case VALUES -> values.isHalf() && !o.narrow ? DType.F32 : values;
            case STATISTICS -> values == DType.F64 ? DType.F64 : DType.F32;
            case SCALARS -> DType.F64;
            case INTS -> DType.I32;
            case BYTES -> DType.I8;
            case SEGMENTS -> DType.I64;
        };
    }

    /** The operands as the call gets them. */
    public Map<String, Tensor> views() {
        return views;
    }

    /** Runs the call. */
    public void call() {
        call(views);
    }

    /** Runs the call with other tensors. */
    public void call(Map<String, Tensor> operands) {
        setup.call.run(ops, ctx, name -> {
            if (!operands.containsKey(name)) {
                throw new AssertionError("the case has no operand " + name);
            }
            return operands.get(name);
        });
        ctx.synchronize();
    }

    /** Values of all outputs; fails when an input or the memory around an output has changed. */
    public Map<String, double[]> outputs() {
        Map<String, double[]> out = new LinkedHashMap<>();
        for (OpSetup.Operand o : setup.operands) {
            Tensor after = download(o);
            Tensor start = before.get(o.name);
            if (o.output) {
                out.put(o.name, view(o, after).toDoubles());
                // The same values over both, so that the rest of the memory can be compared as it is.
                double[] zeros = new double[o.values.length];
                view(o, after).fillFrom(zeros);
                view(o, start).fillFrom(zeros);
            }
            long at = start.segment().mismatch(after.segment());
            if (at >= 0) {
                fail((o.output ? "memory outside output '" : "input '") + o.name + "' was written, at element "
                        + at / start.dtype().bytes() + " of its block " + start);
            }
            view(o, start).fillFrom(o.values);
            after.close();
        }
        return out;
    }

    /** Fails when any operand has changed. */
    public void assertUntouched() {
        for (OpSetup.Operand o : setup.operands) {
            Tensor after = download(o);
            if (before.get(o.name).segment().mismatch(after.segment()) >= 0) {
                fail("'" + o.name + "' was written although the call was refused");
            }
            after.close();
        }
    }

    private Tensor download(OpSetup.Operand o) {
        Tensor root = roots.get(o.name);
        Tensor after = Tensor.allocate(o.name, root.dtype(), root.shape());
        if (o.kind == OpSetup.Kind.SEGMENTS) {
            MemorySegment.copy(root.segment(), 0, after.segment(), 0, after.segment().byteSize());
        } else {
            ops.copyToHost(ctx, after, root);
        }
        return after;
    }

    /** The case's values as this run's types hold them, for the oracle to start from. */
    public OpSetup rounded(OpCase source) {
        OpSetup copy = source.setup();
        for (OpSetup.Operand o : copy.operands) {
            double[] held = view(o, before.get(o.name)).toDoubles();
            System.arraycopy(held, 0, o.values, 0, held.length);
        }
        return copy;
    }

    /** The type of the values. */
    public DType dtype() {
        return dtype;
    }

    @Override
    public void close() {
        roots.values().forEach(Tensor::close);
        before.values().forEach(Tensor::close);
    }
}
