package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * AdamW's segments on the device. They come from the host with each call and are the same each time: they are compared with
 * what is there already and uploaded only when they are new, so that a recorded step holds no copy from the host.
 */
final class AdamWSegments implements AutoCloseable {
    /** PIECE of adamw.cu. */
    private static final long PIECE = 4096;

    /**
     * Segments on the device.
     *
     * @param host   the triples as the caller gave them
     * @param rows   I64 (S, 4): first element, elements, decay, pieces before
     * @param pieces of all segments
     */
    record Table(long[] host, Tensor rows, long pieces) {
        boolean equalTo(Tensor segments) {
            if (segments.count() != host.length) {
                return false;
            }
            for (int i = 0; i < host.length; i++) {
                if (at(segments, i) != host[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final CudaContext ctx;
    private final List<Table> tables = new ArrayList<>();

    private AdamWSegments(CudaContext ctx) {
        this.ctx = ctx;
    }

    static AdamWSegments of(CudaContext ctx) {
        return ctx.resource(AdamWSegments.class, AdamWSegments::new);
    }

    private static long at(Tensor segments, long i) {
        return segments.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i);
    }

    /**
     * These segments on the device.
     *
     * @throws IllegalStateException when they are new while a graph is recorded
     */
    Table get(Tensor segments) {
        for (int i = tables.size() - 1; i >= 0; i--) {
            if (tables.get(i).equalTo(segments)) {
                return tables.get(i);
            }
        }
        ctx.refuseWhileCapturing("the first adamW over segments " + segments);
        Table made = upload(segments);
        tables.add(made);
        return made;
    }

    private Table upload(Tensor segments) {
        int s = Math.toIntExact(segments.dim(0));
        long[] host = new long[3 * s];
        double[] rows = new double[4 * s];
        long pieces = 0;
        for (int i = 0; i < s; i++) {
            for (int j = 0; j < 3; j++) {
                host[3 * i + j] = at(segments, 3 * i + j);
                rows[4 * i + j] = host[3 * i + j];
            }
            rows[4 * i + 3] = pieces;
            pieces += Grid.ceilDiv(host[3 * i + 1], PIECE);
        }
        Tensor device = CudaMemory.allocate(ctx.device(), "AdamW's segments", DType.I64, s, 4);
        try (Tensor table = Tensor.allocate("AdamW's segments", DType.I64, s, 4).fillFrom(rows)) {
            ctx.copyFromHost(device, table);
        }
        return new Table(host, device, pieces);
    }

    @Override
    public void close() {
        tables.forEach(t -> t.rows().close());
    }
}
