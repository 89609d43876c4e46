/** Text from parquet files, read by DuckDB within the process; found by {@link java.util.ServiceLoader}. */
package io.saryu.parquet;
