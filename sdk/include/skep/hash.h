/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_HASH_H
#define SKEP_HASH_H
/**
 * @file hash.h
 * The hash that BPF programs have in `<skep/bpf/string.h>`: user space gets the same numbers for the
 * same bytes, on every processor and in every version of skep. So a program can send a hash where
 * the text is too long, and user space can look up or put in what the program will look for.
 *
 * @code{.c}
 * uint64_t hash = skep_hash64("/etc/passwd", 11);
 *
 * printf("%016llx\n", (unsigned long long)hash);
 * @endcode
 *
 * Byte by byte, about 1 ns for each. It is no defence against who chooses the bytes: two texts with the
 * same hash can be made.
 */
#include <skep/base.h>

#include <stddef.h>
#include <stdint.h>

/**
 * A hash of bytes: what skep_hash64() of a BPF program gives.
 *
 * @param data  the bytes; may be NULL when there are none
 * @param bytes how many
 * @return the number
 * @threads{any}
 */
static inline uint64_t skep_hash64(const void *data, size_t bytes)
{
	const unsigned char *byte = (const unsigned char *)data;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	hash = (hash ^ (hash >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ (hash >> 32);
}

/**
 * skep_hash64() in 32 bits: what skep_hash32() of a BPF program gives.
 *
 * @param data  the bytes; may be NULL when there are none
 * @param bytes how many
 * @return the number
 * @threads{any}
 */
static inline uint32_t skep_hash32(const void *data, size_t bytes)
{
	return (uint32_t)skep_hash64(data, bytes);
}

#endif
