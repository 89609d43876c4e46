/** A model with its tokenizer, from and to a Hugging Face folder. */
package io.saryu.model;
