/** Makes training data for simplification: from pairs that exist, and by rules from plain text. */
package io.saryu.simplify;
