/** Makes training data for de-identification: sentences with invented personal data, and the same with tags. */
package io.saryu.deid.data;
