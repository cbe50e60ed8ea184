// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* AddressSanitizer's marks on memory of ours, where the test was linked with it. */
#include "host.h"

extern void __asan_poison_memory_region(const volatile void *memory, size_t bytes)
	__attribute__((weak));
extern void __asan_unpoison_memory_region(const volatile void *memory, size_t bytes)
	__attribute__((weak));

void skep_host_poison(const void *memory, size_t bytes)
{
	if (__asan_poison_memory_region)
		__asan_poison_memory_region(memory, bytes);
}

void skep_host_unpoison(const void *memory, size_t bytes)
{
	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(memory, bytes);
}

bool skep_host_has_sanitizer(void)
{
	return __asan_poison_memory_region != NULL;
}
