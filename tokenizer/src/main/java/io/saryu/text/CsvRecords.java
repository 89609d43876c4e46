package io.saryu.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** Rows of a CSV or TSV file whose first row names the columns. Quoted fields may hold line ends. */
final class CsvRecords implements RecordFormat.Records {
    private static final CsvMapper MAPPER = CsvMapper.builder(CsvFactory.builder().streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build()).build())
            // What follows the text in a packed file is read yet.
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .enable(CsvParser.Feature.WRAP_AS_ARRAY).enable(CsvParser.Feature.SKIP_EMPTY_LINES).build();

    private final Path file;
    private final InputStream in;
    private final MappingIterator<String[]> rows;
    private final LongSupplier bytesRead;
    private int column;
    private String[] row;

    /** Reads the first row. */
    CsvRecords(Path file, InputStream in, char separator, String field, LongSupplier bytesRead) throws IOException {
        this.file = file;
        this.in = in;
        this.bytesRead = bytesRead;
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator);
        this.rows = MAPPER.readerFor(String[].class).with(schema).readValues(in);
        if (!step()) {
            return;
        }
        if (row.length > 0 && row[0].startsWith("\uFEFF")) {
            row[0] = row[0].substring(1);
        }
        column = Arrays.asList(row).indexOf(field);
        if (column < 0) {
            throw new CorpusException(file + " has no column '" + field + "' (its first row is: "
                    + shortened(String.join(", ", row)) + "); name the column of the text");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }

    @Override
    public boolean next() throws IOException {
        return step();
    }

    private boolean step() throws IOException {
        try {
            boolean more = rows.hasNextValue();
            row = more ? rows.nextValue() : null;
            return more;
        } catch (StreamReadException e) {
            throw new CorpusException("cannot read " + file + " near line " + e.getLocation().getLineNr() + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse("this is no such table")
                    + "; mend the file, or say with the format what it is", e);
        } catch (JsonProcessingException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    @Override
    public String text() {
        return column < row.length ? row[column] : null;
    }

    @Override
    public long bytesRead() {
        return bytesRead.getAsLong();
    }

    @Override
    public void close() throws IOException {
        rows.close();
        in.close();
    }
}
