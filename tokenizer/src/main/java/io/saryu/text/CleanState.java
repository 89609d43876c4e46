package io.saryu.text;

import java.util.List;

/**
 * Where a run of {@link CleanCorpus} stands after a chunk; enough for another process to go on from there.
 *
 * @param key         program and options of the run
 * @param inputs      its inputs as they were when it began
 * @param file        the file of the next chunk
 * @param position    where in that file it begins (see {@link Chunk#position})
 * @param linesBefore lines or records of that file before it
 * @param hashes      SHA-256 of the files before
 * @param consumed    bytes of the files before
 * @param outputBytes bytes of the partial output
 * @param logged      documents in the log of hashes
 * @param inTable     of those, the ones that were in the table
 * @param documents   documents found
 * @param duplicates  of those, dropped
 * @param lines       lines with text written
 * @param read        what was read
 * @param clean       what cleaning changed
 * @param filtered    what filters found
 */
record CleanState(CleanManifest.Key key, List<CleanManifest.Stamp> inputs, int file, long position, long linesBefore,
                  List<String> hashes, long consumed, long outputBytes, long logged, long inTable, long documents,
                  long duplicates, long lines, ReadReport read, CleanReport clean, FilterReport filtered) {
}
