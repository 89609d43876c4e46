package io.saryu.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;

/** A format for the tests: records end with a semicolon, \n is a line end, and a dash stands for no text. */
public final class TestRecords implements RecordFormat {
    private static final String HEAD = "SARYU-TEST\n";

    @Override
    public String name() {
        return "test records";
    }

    @Override
    public boolean recognizes(byte[] head) {
        return new String(head, StandardCharsets.ISO_8859_1).startsWith(HEAD);
    }

    @Override
    public Records open(Path file, String field) throws IOException {
        String content = Files.readString(file).substring(HEAD.length());
        Iterator<String> records = Arrays.asList(content.split(";")).iterator();
        long size = Files.size(file);
        return new Records() {
            private String text;

            @Override
            public boolean next() {
                boolean more = records.hasNext();
                text = more ? records.next() : null;
                text = "-".equals(text) ? null : text;
                return more;
            }

            @Override
            public String text() {
                return text == null ? null : text.replace("\\n", "\n");
            }

            @Override
            public long bytesRead() {
                return size;
            }

            @Override
            public void close() {
                // The whole file is in memory.
            }
        };
    }
}
