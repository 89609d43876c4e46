package io.saryu.instruct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.instruct.Interleave.Row;
import io.saryu.instruct.Interleave.StoppingStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Against what {@code datasets.interleave_datasets} 5.0.1 does with the same draws (bench/peers/make_interleave.py). */
class InterleaveTest {
    @Test
    void asDatasetsDoes() throws IOException {
        JsonNode cases;
        try (InputStream in = InterleaveTest.class.getResourceAsStream("/instruct/interleave.json")) {
            cases = new ObjectMapper().readTree(in);
        }
        assertTrue(cases.size() >= 12);
        for (JsonNode c : cases) {
            int[] sizes = new int[c.get("sizes").size()];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = c.get("sizes").get(i).asInt();
            }
            StoppingStrategy strategy = StoppingStrategy.valueOf(c.get("strategy").asText().toUpperCase(Locale.ROOT));
            List<Row> expected = new ArrayList<>();
            c.get("rows").forEach(r -> expected.add(new Row(r.get(0).asInt(), r.get(1).asInt())));
            int[] at = {0};
            List<Row> rows = c.get("draws").isNull() ? Interleave.rows(sizes, null, strategy, 0)
                    : Interleave.drawn(sizes, strategy, () -> c.get("draws").get(at[0]++).asInt());
            assertEquals(expected, rows, c.toString());
        }
    }

    @Test
    void probabilitiesAreKept() {
        int[] sizes = {4000, 4000, 4000};
        List<Row> rows = Interleave.rows(sizes, new double[] {0.5, 0.3, 0.2}, StoppingStrategy.FIRST_EXHAUSTED, 3);
        double first = rows.stream().filter(r -> r.set() == 0).count() / (double) rows.size();
        // Some 8,000 draws: their share is within 0.02 in all but one of 3,000 seeds.
        assertEquals(0.5, first, 0.02);
        assertEquals(rows, Interleave.rows(sizes, new double[] {0.5, 0.3, 0.2}, StoppingStrategy.FIRST_EXHAUSTED, 3));
    }

    @Test
    void impossibleMixesAreRefused() {
        for (double[] p : new double[][] {{0.5, 0.4}, {1, 0}, {1}, {Double.NaN, 1}}) {
            assertThrows(IllegalArgumentException.class,
                    () -> Interleave.rows(new int[] {1, 2}, p, StoppingStrategy.ALL_EXHAUSTED, 0));
        }
        assertThrows(IllegalArgumentException.class,
                () -> Interleave.rows(new int[] {1, 0}, null, StoppingStrategy.ALL_EXHAUSTED, 0));
    }
}
