package io.saryu.train;

import io.saryu.instruct.InstructionFile;
import io.saryu.instruct.PromptTemplate;
import io.saryu.instruct.RowCheck;
import io.saryu.instruct.RowReport;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Rows of instruction, input and output. */
record PlainRowReader(PromptTemplate template, Tokenizer tokenizer) implements RowReader {
    @Override
    public List<EncodedRow> read(Path file, RowReport report) throws IOException {
        return InstructionFile.read(file, new RowCheck(template), report).stream()
                .map(row -> new EncodedRow(row, template.encode(tokenizer, row))).toList();
    }
}
