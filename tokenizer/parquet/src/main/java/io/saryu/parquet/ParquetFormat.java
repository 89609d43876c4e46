package io.saryu.parquet;

import io.saryu.text.RecordFormat;
import java.io.IOException;
import java.nio.file.Path;

/** Parquet files as records: one column, named by the field, is the text. */
public final class ParquetFormat implements RecordFormat {
    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

    @Override
    public String name() {
        return "parquet";
    }

    @Override
    public boolean recognizes(byte[] head) {
        return head.length >= MAGIC.length && head[0] == MAGIC[0] && head[1] == MAGIC[1] && head[2] == MAGIC[2] && head[3] == MAGIC[3];
    }

    @Override
    public Records open(Path file, String field) throws IOException {
        return ParquetRecords.open(file, field);
    }
}
