/* The SentencePiece shim's C interface, called from Java through the Foreign Function & Memory API.
 *
 * No C++ exception leaves a function and no model file, text or id may crash the process: model bytes are checked
 * field by field before SentencePiece sees them, ids are checked against the vocabulary. Functions that return int32_t
 * return 0, or 1 and one sentence in `error` (UTF-8, NUL-terminated, cut to error_size bytes). A model may be used by
 * many threads.
 */
#ifndef SARYU_SENTENCEPIECE_H
#define SARYU_SENTENCEPIECE_H

#include <stdint.h>

#if defined(__GNUC__)
#define SARYU_API __attribute__((visibility("default")))
#else
#define SARYU_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Types of a piece, as in SentencePiece's model file. */
#define SARYU_SP_NORMAL 1
#define SARYU_SP_UNKNOWN 2
#define SARYU_SP_CONTROL 3
#define SARYU_SP_USER_DEFINED 4
#define SARYU_SP_UNUSED 5
#define SARYU_SP_BYTE 6

/* A loaded model. */
typedef struct saryu_sp_model saryu_sp_model;

/* What encode, decode and train give back: data and the offsets that part it. */
typedef struct saryu_sp_result saryu_sp_result;

/* Version of the SentencePiece library that the shim was built with, such as "0.1.97". */
SARYU_API const char *saryu_sp_version(void);

/* Reads the `size` bytes of a tokenizer.model; they may be freed afterwards. Unigram models only. */
SARYU_API int32_t saryu_sp_load(const void *bytes, int64_t size, saryu_sp_model **out, char *error, int64_t error_size);
SARYU_API void saryu_sp_free(saryu_sp_model *model);

/* Number of pieces V; ids are 0 to V - 1. */
SARYU_API int32_t saryu_sp_vocab_size(const saryu_sp_model *model);

/* ids[0..3]: unknown, begin of sentence, end of sentence, padding; -1 where the model has none. */
SARYU_API void saryu_sp_special_ids(const saryu_sp_model *model, int32_t *ids);

/* settings[0..5], each 0 or 1: byte_fallback, add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces,
 * treat_whitespace_as_suffix, and whether the model changes characters (has a precompiled_charsmap). */
SARYU_API void saryu_sp_settings(const saryu_sp_model *model, int32_t *settings);

/* Text (not NUL-terminated, lives as long as the model), score and type of piece `id`; 1 when there is no such id. */
SARYU_API int32_t saryu_sp_piece(const saryu_sp_model *model, int32_t id, const char **text, int32_t *text_size,
                                 float *score, int32_t *type);

/* Text i is utf8[offsets[i]..offsets[i + 1]), i < count. The result holds int32 ids and count + 1 offsets into them. */
SARYU_API int32_t saryu_sp_encode(const saryu_sp_model *model, const char *utf8, const int64_t *offsets, int64_t count,
                                  int32_t threads, saryu_sp_result **out, char *error, int64_t error_size);

/* Sequence i is ids[offsets[i]..offsets[i + 1]), i < count. The result holds UTF-8 bytes and count + 1 offsets into
 * them. */
SARYU_API int32_t saryu_sp_decode(const saryu_sp_model *model, const int32_t *ids, const int64_t *offsets,
                                  int64_t count, int32_t threads, saryu_sp_result **out, char *error,
                                  int64_t error_size);

/* Trains on the lines of `inputs`. `options` is `option_count` NUL-terminated "key=value" strings with the names of
 * SentencePiece's trainer (vocab_size, num_threads, ...); `symbols` the user-defined symbols in the order of their ids.
 * Lines longer than max_sentence_length bytes are cut at a blank. The result holds the bytes of the tokenizer.model,
 * its scores rounded to multiples of 1/1024, and two offsets. */
SARYU_API int32_t saryu_sp_train(const char *const *options, int32_t option_count, const char *const *symbols,
                                 int32_t symbol_count, const char *const *inputs, int32_t input_count,
                                 int32_t max_sentence_length, saryu_sp_result **out, char *error, int64_t error_size);

/* First element (int32 ids or bytes), number of elements, offsets; they live until saryu_sp_result_free. */
SARYU_API const void *saryu_sp_result_data(const saryu_sp_result *result);
SARYU_API int64_t saryu_sp_result_size(const saryu_sp_result *result);
SARYU_API const int64_t *saryu_sp_result_offsets(const saryu_sp_result *result);
SARYU_API void saryu_sp_result_free(saryu_sp_result *result);

#ifdef __cplusplus
}
#endif

#endif
