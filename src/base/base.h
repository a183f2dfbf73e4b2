/* The ground floor: everything may include this, this includes nothing above it. */
#ifndef HECHT_BASE_BASE_H
#define HECHT_BASE_BASE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/cache.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/library.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/region.h"
#include "base/slice.h"
#include "base/zone.h"

#include "base/banned.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
