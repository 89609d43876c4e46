/**
 * Saryu's cleaning of a corpus as an Apache Spark job, for corpora that one machine takes too long for: the same output bytes as
 * {@link io.saryu.text.CleanCorpus}.
 */
package io.saryu.spark;
