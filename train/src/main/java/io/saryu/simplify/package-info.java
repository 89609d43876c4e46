/** Simplification: training data from pairs that exist and by rules from plain text, the tuned model's work, and its scores. */
package io.saryu.simplify;
