#include <uv.h>
#include "loop/loop.h"
#include "sched/heap.h"
