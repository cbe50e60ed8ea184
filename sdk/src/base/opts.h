/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sized options: an older or newer caller's struct is read as far as both know it. */
#ifndef SKEP_BASE_OPTS_H
#define SKEP_BASE_OPTS_H

#include <skep/base.h>

/*
 * 0 for NULL and for what this library can honour; -E2BIG where the caller set a member that
 * only a newer library knows; -EINVAL where `sz` was not set.
 */
int skep_opts_check(const void *opts, size_t known, const char *type);

#define SKEP_OPTS_CHECK(opts) skep_opts_check((opts), sizeof(*(opts)), #opts)

/* A member's value; zero where the caller's struct ends before it. */
#define SKEP_OPT(opts, member)                                                                     \
	((opts) && (opts)->sz >= offsetof(__typeof__(*(opts)), member) + sizeof((opts)->member)    \
		 ? (opts)->member                                                                  \
		 : (__typeof__((opts)->member))0)

#endif
