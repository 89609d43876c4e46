/** Instruction data: rows, prompt templates, checks, mixing and packing. */
package io.saryu.instruct;
