/** De-identification: decoding that can only copy or tag, patterns beside it, replacements, scores. */
package io.saryu.deid;
