package io.saryu.train;

import io.saryu.deid.DeidentifyOptions;
import io.saryu.deid.MarkedText;
import io.saryu.deid.MarkingTask;
import io.saryu.instruct.InstructionExample;
import io.saryu.instruct.PromptTemplate;
import io.saryu.instruct.RowCheck;
import io.saryu.instruct.RowProblem;
import io.saryu.instruct.RowReport;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rows of a text and the spans of its personal data; their instructions and outputs are not used. */
record MarkedRowReader(PromptTemplate template, Tokenizer tokenizer) implements RowReader {
    @Override
    public List<EncodedRow> read(Path file, RowReport report) throws IOException {
        MarkingTask task = new MarkingTask(template, DeidentifyOptions.INSTRUCTION, tokenizer);
        RowCheck check = new RowCheck(template);
        List<EncodedRow> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (MarkedText text : MarkedText.read(file, Map.of())) {
            report.read();
            InstructionExample row = new InstructionExample(DeidentifyOptions.INSTRUCTION, text.text(), MarkingTask.marked(text));
            Optional<RowCheck.Finding> found = check.check(row);
            Optional<PromptTemplate.Encoded> encoded = found.isEmpty() ? task.encode(text) : Optional.empty();
            if (found.isPresent()) {
                report.refuse(found.get().problem(), file, 0, found.get().excerpt());
            } else if (!seen.add(text.text())) {
                report.refuse(RowProblem.DUPLICATE, file, 0, "");
            } else if (encoded.isEmpty()) {
                report.refuse(RowProblem.SPAN_WITHIN_WORD, file, 0, text.text());
            } else {
                rows.add(new EncodedRow(row, encoded.get()));
            }
        }
        return rows;
    }
}
