package io.saryu.instruct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that teach the wrong thing are counted, shown and left out; the others are read. */
class InstructionFileTest {
    private static final String GOOD = "{\"instruction\": \"पाठ का सरल बनावा।\", \"input\": \"लम्बा वाक्य\", \"output\": \"छोट\"}";

    @TempDir
    Path dir;

    private RowReport report;

    private List<InstructionExample> read(PromptTemplate template, String... lines) throws IOException {
        Path file = dir.resolve("rows.jsonl");
        Files.write(file, List.of(lines));
        report = new RowReport("rows", "task", "hi");
        return InstructionFile.read(file, new RowCheck(template), report);
    }

    private void assertRefused(RowProblem problem, String line) throws IOException {
        assertEquals(1, read(PromptTemplate.ALPACA, GOOD, line).size(), line);
        assertEquals(Map.of(problem, 1L), report.refused(), line);
        assertEquals(2, report.rows());
        assertTrue(report.examples().getFirst().contains("line 2"), report.examples().getFirst());
        assertTrue(RowReport.table(List.of(report)).contains("left out 1 row " + problem.text()));
    }

    private static String row(String instruction, String input, String output) {
        return "{\"instruction\": \"" + instruction + "\", \"input\": \"" + input + "\", \"output\": \"" + output + "\"}";
    }

    @Test
    void brokenRowsAreCounted() throws IOException {
        assertRefused(RowProblem.BROKEN_JSON, "{\"instruction\": ");
        assertRefused(RowProblem.BROKEN_JSON, "[1]");
        assertRefused(RowProblem.BROKEN_JSON, GOOD + GOOD);
        assertRefused(RowProblem.WRONG_FIELDS, "{\"instruction\": \"a\", \"text\": \"b\"}");
        assertRefused(RowProblem.WRONG_FIELDS, "{\"instruction\": \"a\", \"input\": 3, \"output\": \"b\"}");
        assertRefused(RowProblem.EMPTY_INSTRUCTION, row(" ", "a", "b"));
        assertRefused(RowProblem.EMPTY_OUTPUT, row("a", "b", " "));
        assertRefused(RowProblem.PLACEHOLDER, row("a", "बिलिंग खाता {ACCOUNT} अउर योजना", "बिलिंग खाता {ACCOUNT} अउर योजना"));
        assertRefused(RowProblem.UNKNOWN_TAG, row("a", "Call 555", "Call [PHONE_NUMBR]"));
        assertRefused(RowProblem.LITERAL_NEWLINE, row("De-identify.\\\\n\\\\n", "My name", "[NAME]"));
        assertRefused(RowProblem.TEMPLATE_MARKER, row("a", "### Response: b", "c"));
        assertRefused(RowProblem.DUPLICATE, GOOD);
    }

    @Test
    void whatOnlyLooksBrokenIsRead() throws IOException {
        assertEquals(6, read(PromptTemplate.ALPACA, GOOD, "", row("a", "the path C:\\\\new\\\\notes", "b"),
                row("a", "[EDIT] he {x}", "[EDIT] {x}"), row("a", "x", "[NAME] and [NAME_2] call [PHONE_NUMBER]"),
                row("a", "<|im_end|>", "b"), "{\"instruction\": \"a\", \"output\": \"b\", \"id\": 7}").size(),
                () -> RowReport.table(List.of(report)));
        assertEquals(5, read(PromptTemplate.CHATML, GOOD, row("a", "### Response:", "b"), row("a", "1", "2"),
                row("a", "2", "3"), row("a", "3", "4"), row("a", "<|im_end|>", "b")).size());
    }

    @Test
    void bytesThatAreNoTextAreCounted() throws IOException {
        Path file = dir.resolve("rows.jsonl");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((GOOD + "\n").getBytes(StandardCharsets.UTF_8));
        bytes.write(new byte[] {(byte) 0xff, (byte) 0xfe, 'a', '\n', 0, 1, 2, '\n'});
        bytes.write(row("a", "b", "c").getBytes(StandardCharsets.UTF_8));
        Files.write(file, bytes.toByteArray());
        report = new RowReport("rows", null, null);
        assertEquals(2, InstructionFile.read(file, new RowCheck(PromptTemplate.ALPACA), report).size());
        assertEquals(Map.of(RowProblem.NOT_TEXT, 2L), report.refused());
        assertEquals(4, report.rows());
    }

    @Test
    void theSplitIsByContent() {
        ValidationSplit split = new ValidationSplit(0.1);
        int held = 0;
        for (int i = 0; i < 20_000; i++) {
            InstructionExample row = new InstructionExample("simplify", "sentence number " + i, "x");
            boolean holdsOut = split.holdsOut(row);
            held += holdsOut ? 1 : 0;
            assertEquals(holdsOut, split.holdsOut(new InstructionExample("again", " Sentence  number " + i, "y")));
        }
        // Five standard deviations of 20,000 draws at 0.1 are 212.
        assertEquals(2000, held, 220);
        assertFalse(new ValidationSplit(0).holdsOut(new InstructionExample("a", "b", "c")));
    }
}
