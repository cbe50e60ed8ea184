/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The kernel's functions: which there are, where, and which of them can be traced. Read from
 * /proc/kallsyms when first asked for (some 100 ms, 6 MB), and again after modules came or went.
 */
#ifndef SKEP_ATTACH_FUNCTIONS_H
#define SKEP_ATTACH_FUNCTIONS_H

#include <skep/base.h>

struct skep_function {
	const char *name;
	const char *module; /* NULL: the kernel itself */
	uint64_t address;   /* 0: hidden from this process */
};

/* Whether multi links and fentry reach a function. */
enum skep_traceable {
	SKEP_TRACEABLE_UNKNOWN, /* tracefs is not there to tell */
	SKEP_TRACEABLE_NO,
	SKEP_TRACEABLE_YES,
	/* Several have this name, some of them can be traced, and the kernel does not say which. */
	SKEP_TRACEABLE_UNCLEAR,
};

struct skep_functions {
	size_t count;
	struct skep_function *list; /* sorted by name, then module, then address */
	unsigned char *traceable;   /* of each; after skep_functions_mark() */
	bool hidden;                /* addresses are (kptr_restrict, or no CAP_SYSLOG) */
	/* The rest is functions.c's. */
	char *text;
	size_t users;
	uint64_t modules; /* what /proc/modules had: a hash */
};

/* 0 or -errno in words. Given back with skep_functions_put(), or when the scope ends. */
int skep_functions_get(struct skep_functions **out);
void skep_functions_put(struct skep_functions *functions);

static inline void skep_functions_putp(struct skep_functions **functions)
{
	skep_functions_put(*functions);
}
#define AUTO_FUNCTIONS __attribute__((cleanup(skep_functions_putp))) struct skep_functions

/* Finds out which can be traced. Asks tracefs once, some 50 ms. */
void skep_functions_mark(struct skep_functions *functions);

/*
 * Those of a name, which is "function", "module:function" or, for the kernel's own,
 * "vmlinux:function": how many, and the first of them.
 */
size_t skep_functions_find(const struct skep_functions *functions, const char *name,
			   const struct skep_function **first);

/* How far it is to the next function: it has no more bytes than that. 0: not known. */
uint64_t skep_functions_size(const struct skep_functions *functions,
			     const struct skep_function *function);

/* The first whose name is not before `name`: where a search begins. */
size_t skep_functions_from(const struct skep_functions *functions, const char *name);

/* "module:function" becomes both parts; `module` is "" where none is said. */
const char *skep_functions_split(const char *name, char *module, size_t room);

/* "a, b or c": names like this one; "" when there are none. */
const char *skep_functions_nearest(const struct skep_functions *functions, const char *name,
				   char *buf, size_t size);

/* functions_why.c: true when a module of this name is loaded. */
bool skep_functions_has_module(const char *module);

struct skep_program;

/*
 * Why a function cannot be probed, as an error in words for `program`: it is not there and
 * others are like it, the compiler made parts of it, several have its name, it is forbidden.
 * `err` is what the kernel said, or ENOENT where it was not asked.
 */
int skep_functions_refuse(const struct skep_functions *functions,
			  const struct skep_program *program, const char *name, int err);

/* The same words without an error: for what is left out, and logged. Returns -errno. */
int skep_functions_why(const struct skep_functions *functions, const char *name, int err, char *why,
		       size_t why_size, char *hint, size_t hint_size);

#endif
