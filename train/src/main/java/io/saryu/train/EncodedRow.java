package io.saryu.train;

import io.saryu.instruct.InstructionExample;
import io.saryu.instruct.PromptTemplate;
import java.util.List;

/** A row of instruction data as text and as tokens. */
record EncodedRow(InstructionExample example, PromptTemplate.Encoded encoded) {
    static List<PromptTemplate.Encoded> tokens(List<EncodedRow> rows) {
        return rows.stream().map(EncodedRow::encoded).toList();
    }

    static List<InstructionExample> examples(List<EncodedRow> rows) {
        return rows.stream().map(EncodedRow::example).toList();
    }
}
