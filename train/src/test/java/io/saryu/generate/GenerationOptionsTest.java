package io.saryu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationOptionsTest {
    @ParameterizedTest
    @CsvSource({"-1,1,0,1,1,max-new-tokens", "1,-0.1,0,1,1,temperature", "1,NaN,0,1,1,temperature", "1,1,-1,1,1,top-k",
        "1,1,0,0,1,top-p", "1,1,0,1.01,1,top-p", "1,1,0,NaN,1,top-p", "1,1,0,1,0,repetition-penalty"})
    void rangesAreChecked(int tokens, double temperature, int k, double p, double penalty, String name) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> new GenerationOptions(tokens, temperature, k, p, penalty, List.of(), 0, false, false)).getMessage();
        assertTrue(message.startsWith("'" + name + "' is "), message);
    }

    @Test
    void emptyStopTextIsRefused() {
        assertThrows(IllegalArgumentException.class,
                () -> new GenerationOptions(1, 1, 0, 1, 1, List.of(".", ""), 0, false, false));
        assertEquals(5, GenerationOptions.greedy(5).maxNewTokens());
    }
}
