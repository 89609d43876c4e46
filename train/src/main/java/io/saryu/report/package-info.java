/** Ways to watch a run: TensorBoard's event files, and a page that works without a network. */
package io.saryu.report;
