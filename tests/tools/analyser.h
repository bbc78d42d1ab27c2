/* analyser.h - told to the clang analyser before every source: what it cannot see across files. */
#include "base/err.h"

#define err_set(...)  ((err_set)(__VA_ARGS__), -1)
#define err_wrap(...) ((err_wrap)(__VA_ARGS__), -1)
