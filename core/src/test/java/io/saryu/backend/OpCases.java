package io.saryu.backend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The op test's table: rows of all families, in the order of {@link Backend}. */
public final class OpCases {
    /** Tolerance of results that are rounded once: a copy is exact, a sum has half a unit in the last place. */
    static final double ROUNDED = 1e-7;
    /** Tolerance where few roundings add up. */
    static final double TIGHT = 2e-6;
    /** Tolerance where sums are long or exponentials are taken of sums. */
    static final double LOOSE = 1e-5;

    private final List<OpCase> cases = new ArrayList<>();

    private OpCases() {
    }

    /** All cases, by op. */
    public static Map<String, List<OpCase>> byOp() {
        OpCases table = new OpCases();
        RowOpCases.addTo(table);
        WeightOpCases.addTo(table);
        NormOpCases.addTo(table);
        AttentionOpCases.addTo(table);
        TrainingOpCases.addTo(table);
        Map<String, List<OpCase>> byOp = new LinkedHashMap<>();
        table.cases.forEach(c -> byOp.computeIfAbsent(c.op(), k -> new ArrayList<>()).add(c));
        return byOp;
    }

    /** Attention, forward and backward, in sizes of which a backend that works in tiles needs several; by 16-bit types only. */
    public static List<OpCase> tiles() {
        OpCases table = new OpCases();
        AttentionOpCases.addTiles(table);
        return List.copyOf(table.cases);
    }

    void add(String op, String label, double tolerance, Consumer<OpSetup> define) {
        cases.add(new OpCase(op, label, tolerance, define));
    }

    /** {@code ", words"} when {@code yes}. */
    static String when(boolean yes, String words) {
        return yes ? ", " + words : "";
    }
}
