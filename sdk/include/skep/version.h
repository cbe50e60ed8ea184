/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_VERSION_H
#define SKEP_VERSION_H
/**
 * @file version.h
 * Which skep this is: the header one compiled against, and the library one runs with.
 *
 * @code{.c}
 * printf("built for skep %s, running with %s\n", SKEP_VERSION_STRING, skep_version_string());
 * @endcode
 */
#include <skep/base.h>

#define SKEP_VERSION_MAJOR  0       /**< changes when programs must be changed */
#define SKEP_VERSION_MINOR  1       /**< changes when something was added */
#define SKEP_VERSION_PATCH  0       /**< changes when something was mended */
#define SKEP_VERSION_STRING "0.1.0" /**< the three, with dots */

SKEP_BEGIN_DECLS

/**
 * The version of the library that runs.
 *
 * @return `"major.minor.patch"`; static
 * @threads{any}
 */
SKEP_API const char *skep_version_string(void);

SKEP_END_DECLS

#endif
