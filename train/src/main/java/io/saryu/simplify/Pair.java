package io.saryu.simplify;

/**
 * A text and a simpler one.
 *
 * @param source    as it is
 * @param target    simpler
 * @param language  such as en
 * @param origin    the file that it comes from, or the rule that made it
 * @param synthetic whether a rule made it
 * @param group     texts of one group all go to training or all to validation
 */
record Pair(String source, String target, String language, String origin, boolean synthetic, String group) {
}
