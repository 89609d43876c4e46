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
        for (Group g : layout) {
            boolean matrix = g.parts().getFirst().shape().length == 2;
            long rows = g.parts().stream().mapToLong(p -> p.shape()[0]).sum();
            long[] shape = matrix ? new long[] {rows, g.parts().getFirst().shape()[1]} : new long[] {rows};
            Tensor all = own(backend.allocate(g.name(), matrix ? type : DType.F32, shape));
            groups.put(g.name(), all);
            Tensor allScales = null;
            if (matrix && type == DType.I8) {
                allScales = own(backend.allocate("scales of " + g.name(), DType.F32, rows));
                scales.put(g.name(), allScales);
            }
            long from = 0;
            for (Part p : g.parts()) {
                named.put(p.name(), all.slice(p.name(), from * (matrix ? shape[1] : 1), p.shape()));
                if (allScales != null) {
                    scales.put(p.name(), allScales.slice("scales of " + p.name(), from, p.shape()[0]));
                }
                from += p.shape()[0];
            }
        }
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
