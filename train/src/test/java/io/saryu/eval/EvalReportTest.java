package io.saryu.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvalReportTest {
    @Test
    void bitsPerByteAndOverallFollowTheirDefinitions() throws Exception {
        // 100 tokens at 2 bits each for 50 bytes: 4 bits per byte.
        EvalResult en = EvalResult.of("en", 100 * 2 * Math.log(2), 100, 50);
        assertEquals(4.0, en.bitsPerByte(), 1e-12);
        assertEquals(4.0, en.perplexity(), 1e-12);
        EvalResult hi = EvalResult.of("hi", 300 * 4 * Math.log(2), 300, 600);
        EvalReport report = EvalReport.of(128, List.of(en, hi));
        assertEquals(3.5 * Math.log(2), report.overall().loss(), 1e-12);
        assertEquals(1400.0 / 650, report.overall().bitsPerByte(), 1e-12);
        JsonNode json = new ObjectMapper().readTree(report.toJson());
        assertEquals(128, json.get("context_length").asInt());
        assertEquals(2.0, json.get("results").get(1).get("bits_per_byte").asDouble(), 1e-12);
        assertTrue(report.toText().contains("overall"));
        assertThrows(IllegalArgumentException.class, () -> EvalResult.of("x", 0, 0, 0));
    }
}
