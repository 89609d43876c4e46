/** Finds, unpacks and loads the native libraries; the generated bindings lie in the packages below. */
package io.saryu.bindings;
