package io.saryu.nn;

import io.saryu.backend.Backend;
import io.saryu.nn.FlatParameters.Group;
import io.saryu.nn.FlatParameters.Part;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a model that only computes: matrices in 16 bits, or in I8 with a scale for each row, and vectors in F32.
 * They are held once, in the groups of {@link FlatParameters}, each in memory of its own.
 */
public final class FrozenParameters implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final List<Tensor> owned = new ArrayList<>();
    private final Map<String, Tensor> groups = new LinkedHashMap<>();
    private final Map<String, Tensor> named = new LinkedHashMap<>();
    /** Under the names of groups and of parts. */
    private final Map<String, Tensor> scales = new LinkedHashMap<>();

    /**
     * Allocates zeroed parameters.
     *
     * @param type of the matrices: F16, BF16 or I8
     */
    FrozenParameters(Backend backend, DType type, List<Group> layout) {
        if (!type.isHalf() && type != DType.I8) {
            throw new IllegalArgumentException("weights that are not trained are kept in F16, BF16 or I8, not in " + type);
        }
        // One piece of memory for all matrices: what reads them one after another reads on through large pages.
        Tensor matrices = own(backend.allocate("matrices", type, total(layout, true)));
        Tensor vectors = own(backend.allocate("vectors", DType.F32, total(layout, false)));
        Tensor allScales = type == DType.I8 ? own(backend.allocate("scales", DType.F32, rowsOf(layout))) : null;
        long matrixAt = 0;
        long vectorAt = 0;
        long scaleAt = 0;
        for (Group g : layout) {
            long rows = rows(g);
            if (!isMatrix(g)) {
                place(g, vectors.slice(g.name(), vectorAt, rows), null);
                vectorAt += aligned(rows);
                continue;
            }
            Tensor ofGroup = null;
            if (allScales != null) {
                ofGroup = allScales.slice("scales of " + g.name(), scaleAt, rows);
                scales.put(g.name(), ofGroup);
                scaleAt += aligned(rows);
            }
            place(g, matrices.slice(g.name(), matrixAt, rows, columns(g)), ofGroup);
            matrixAt += aligned(rows * columns(g));
        }
    }

    private void place(Group g, Tensor all, Tensor groupScales) {
        groups.put(g.name(), all);
        long from = 0;
        for (Part p : g.parts()) {
            named.put(p.name(), all.slice(p.name(), from * (isMatrix(g) ? columns(g) : 1), p.shape()));
            if (groupScales != null) {
                scales.put(p.name(), groupScales.slice("scales of " + p.name(), from, p.shape()[0]));
            }
            from += p.shape()[0];
        }
    }

    private static boolean isMatrix(Group g) {
        return g.parts().getFirst().shape().length == 2;
    }

    private static long rows(Group g) {
        return g.parts().stream().mapToLong(p -> p.shape()[0]).sum();
    }

    private static long columns(Group g) {
        return g.parts().getFirst().shape()[1];
    }

    /** The next element at which a group may begin: at a multiple of 64 bytes in every type. */
    private static long aligned(long elements) {
        return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static long total(List<Group> layout, boolean matrices) {
        return layout.stream().filter(g -> isMatrix(g) == matrices)
                .mapToLong(g -> aligned(rows(g) * (matrices ? columns(g) : 1))).sum();
    }

    private static long rowsOf(List<Group> layout) {
        return layout.stream().filter(FrozenParameters::isMatrix).mapToLong(g -> aligned(rows(g))).sum();
    }

    private Tensor own(Tensor t) {
        owned.add(t);
        return t;
    }

    /** The parameter that an op uses. */
    Tensor group(String name) {
        return groups.get(name);
    }

    /** The scales of the rows of a group or of a part of one; null where it is not I8. */
    Tensor scales(String name) {
        return scales.get(name);
    }

    /** Views under their checkpoint names, in layout order. */
    Map<String, Tensor> named() {
        return Collections.unmodifiableMap(named);
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
    }
}
