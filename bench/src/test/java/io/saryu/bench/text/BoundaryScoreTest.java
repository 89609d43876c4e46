package io.saryu.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundaryScoreTest {
    @Test
    void countsInnerBoundariesWithoutSpacesAndQuotes() {
        String text = "A b.\" C d. E f? G";
        BoundaryScore score = new BoundaryScore();
        List<String> different = new ArrayList<>();
        // Gold ends before the quotation mark, the splitter after the space that follows; both have the end of the text.
        score.add(text, new int[] {4, 10, text.length()}, new int[] {6, 13, 15, text.length()},
                (at, missed) -> different.add(at + (missed ? " missed" : " made up")));
        assertEquals(List.of("10 missed", "13 made up", "15 made up"), different);
        assertEquals(2, score.goldBoundaries());
        assertEquals(1 / 3.0, score.precision(), 1e-12);
        assertEquals(0.5, score.recall(), 1e-12);
        assertEquals(0.4, score.f1(), 1e-12);
    }

    @Test
    void aTextOfOneSentenceHasNoBoundary() {
        BoundaryScore score = new BoundaryScore();
        score.add("One.", new int[] {4}, new int[] {4}, (at, missed) -> { });
        assertEquals(0, score.goldBoundaries());
        assertEquals(1, score.precision());
        assertEquals(1, score.recall());
    }
}
