/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Validates a BPF object file wholly before libbpf sees a byte of it. libbpf 1.1 trusts BTF type
 * ids, string offsets and sizes, so a damaged or hostile file crashes it; what passes here is
 * safe for bpf_object__open_mem() of the same bytes, and for what libbpf does with them later.
 */
#ifndef SKEP_OBJECT_ELF_CHECK_H
#define SKEP_OBJECT_ELF_CHECK_H

#include <skep/base.h>

/*
 * `data` may have any alignment, and must not change afterwards; `name` is what messages call
 * the object. Takes no libbpf call, and memory in proportion to `size` (at most a few times).
 *
 * Returns 0, or:
 *  -EINVAL      not an ELF file, not a BPF object, truncated or malformed
 *  -EOPNOTSUPP  a sound object that this machine or this skep cannot read: the other byte order,
 *               a BTF kind newer than we know, more sections than libbpf can index
 *  -ENOMEM      no memory for the tables
 */
SKEP_MUST_USE int skep_elf_check(const void *data, size_t size, const char *name);

#endif
