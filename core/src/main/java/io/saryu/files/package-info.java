/**
 * Files that Saryu reads and writes: safetensors, token files, and the atomic writes under them.
 *
 * <p>Every reader checks sizes and bounds before it trusts a file and copies by positional reads, so that neither a
 * hostile file nor one that shrinks while it is open can crash the JVM; token files alone are mapped, and read in a way
 * that survives their shrinking. Every writer goes through a temporary name in
 * the same folder, so that a final name never holds half a file.
 */
package io.saryu.files;
