/**
 * Raw text to training text: read, clean, deduplicate, split, sample and count. Plain Java, no native code.
 *
 * <p>Four stages read files and write files, each one public class with one {@code run} method, alone or in this order:
 * {@link io.saryu.text.CleanCorpus}, {@link io.saryu.text.SplitCorpus}, {@link io.saryu.text.SampleCorpus},
 * {@link io.saryu.text.CorpusStatistics}. A stage writes UTF-8 with LF line ends under a temporary name and renames at
 * the end, so a file under its final name is always whole. The order of the input is kept and equal input gives equal
 * bytes; the one thing outside that counts is the Unicode version of the JDK (see {@link io.saryu.text.TextCleaner}).
 *
 * <p>The pieces under the stages work on strings and are usable without files: {@link io.saryu.text.TextCleaner},
 * {@link io.saryu.text.SentenceSplitter}, {@link io.saryu.text.DocumentSplit}, {@link io.saryu.text.LanguageMix},
 * {@link io.saryu.text.LanguageIdentifier}, {@link io.saryu.text.NearDuplicates}, {@link io.saryu.text.PersonalData}.
 */
package io.saryu.text;
