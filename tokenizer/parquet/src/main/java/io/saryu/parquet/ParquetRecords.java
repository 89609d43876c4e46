package io.saryu.parquet;

import io.saryu.text.CorpusException;
import io.saryu.text.RecordFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The rows of one parquet file in their order, read piece by piece. */
final class ParquetRecords implements RecordFormat.Records {
    private final Path file;
    private final Connection database;
    private final Statement statement;
    private final ResultSet rows;
    private final long fileBytes;
    private final long rowCount;
    private long row;
    private String text;

    private ParquetRecords(Path file, Connection database, Statement statement, ResultSet rows, long rowCount) throws IOException {
        this.file = file;
        this.database = database;
        this.statement = statement;
        this.rows = rows;
        this.rowCount = rowCount;
        this.fileBytes = Files.size(file);
    }

    static ParquetRecords open(Path file, String field) throws IOException {
        Properties properties = new Properties();
        // Rows are handed over as they are read, not all at once.
        properties.setProperty("jdbc_stream_results", "true");
        Connection database = null;
        try {
            database = DriverManager.getConnection("jdbc:duckdb:", properties);
            // A name is a pattern here: its signs stand for themselves within brackets.
            String name = file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]").replace("'", "''");
            String source = "read_parquet('" + name + "')";
            try (Statement set = database.createStatement()) {
                // One reader among the threads that clean; no files of its own beside the corpus.
                set.execute("SET threads = 1");
                set.execute("SET memory_limit = '1GB'");
                set.execute("SET temp_directory = ''");
            }
            requireText(columns(database, source), file, field);
            long count = count(database, source);
            Statement statement = database.createStatement();
            ResultSet rows = statement.executeQuery("SELECT " + quoted(field) + " FROM " + source);
            return new ParquetRecords(file, database, statement, rows, count);
        } catch (SQLException e) {
            close(database);
            throw broken(file, e);
        } catch (IOException | RuntimeException e) {
            close(database);
            throw e;
        }
    }

    private static Map<String, String> columns(Connection database, String source) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        try (Statement s = database.createStatement(); ResultSet r = s.executeQuery("DESCRIBE SELECT * FROM " + source)) {
            while (r.next()) {
                columns.put(r.getString(1), r.getString(2));
            }
        }
        return columns;
    }

    private static void requireText(Map<String, String> columns, Path file, String field) throws CorpusException {
        String type = columns.get(field);
        if (type == null) {
            throw new CorpusException(file + " has no column '" + field + "'; its columns are " + String.join(", ", columns.keySet())
                    + ", name one with --field");
        }
        if (!type.equals("VARCHAR")) {
            throw new CorpusException("the column '" + field + "' of " + file + " holds " + type + " and no text; its columns are "
                    + String.join(", ", columns.keySet()) + ", name another with --field");
        }
    }

    private static long count(Connection database, String source) throws SQLException {
        try (Statement s = database.createStatement(); ResultSet r = s.executeQuery("SELECT count(*) FROM " + source)) {
            r.next();
            return r.getLong(1);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static IOException broken(Path file, SQLException e) {
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
        return new CorpusException("cannot read the parquet file " + file + ": " + first + "; get it again whole", e);
    }

    @Override
    public boolean next() throws IOException {
        try {
            if (!rows.next()) {
                return false;
            }
            row++;
            text = rows.getString(1);
            return true;
        } catch (SQLException e) {
            throw broken(file, e);
        }
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public long bytesRead() {
        return rowCount == 0 ? fileBytes : (long) ((double) fileBytes * row / rowCount);
    }

    @Override
    public void close() throws IOException {
        try (database; statement; rows) {
            text = null;
        } catch (SQLException e) {
            throw broken(file, e);
        }
    }

    private static void close(Connection database) {
        if (database != null) {
            try {
                database.close();
            } catch (SQLException e) {
                System.getLogger(ParquetRecords.class.getName()).log(System.Logger.Level.DEBUG, "closing after a failure", e);
            }
        }
    }
}
