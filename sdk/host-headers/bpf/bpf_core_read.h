/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * <bpf/bpf_core_read.h> for BPF programs that are compiled for this machine: memory is what the
 * compiler says it is, and the kernel has what the test does not take away from it
 * (skep_host_lack()). See skep/testing/host.h.
 */
#ifndef SKEP_HOST_BPF_CORE_READ_H
#define SKEP_HOST_BPF_CORE_READ_H
#pragma clang system_header

#include <bpf/bpf_helpers.h>

extern int skep_host_has(const char *name);
extern unsigned int skep_host_cannot(const char *what, const char *file, int line);

#undef __builtin_preserve_access_index
#define __builtin_preserve_access_index(x) (x)

#include_next <bpf/bpf_core_read.h>

/* `(type, field)` or an expression; of an expression alone C cannot tell where it begins. */
#undef bpf_core_field_exists
#undef bpf_core_field_size
#undef bpf_core_field_offset
#define SKEP_HOST_PICK_(_1, _2, macro, ...) macro
#define SKEP_HOST_SIZE_1_(field)            sizeof(field)
#define SKEP_HOST_SIZE_2_(type, field)      sizeof(((typeof(type) *)0)->field)
#define SKEP_HOST_OFFSET_1_(field)                                                                 \
	skep_host_cannot("bpf_core_field_offset(" #field "): write it as "                         \
			 "bpf_core_field_offset(struct type, field)",                              \
			 __FILE__, __LINE__)
#define SKEP_HOST_OFFSET_2_(type, field) ((unsigned int)__builtin_offsetof(typeof(type), field))
#define SKEP_HOST_EXISTS_1_(field)       ((void)sizeof(&(field)-0), skep_host_has(#field))
#define SKEP_HOST_EXISTS_2_(type, field) skep_host_has(#type "." #field)
#define bpf_core_field_exists(...)       skep_host_has(#__VA_ARGS__)
#define bpf_core_field_size(...)                                                                   \
	SKEP_HOST_PICK_(__VA_ARGS__, SKEP_HOST_SIZE_2_, SKEP_HOST_SIZE_1_, )(__VA_ARGS__)
#define bpf_core_field_offset(...)                                                                 \
	SKEP_HOST_PICK_(__VA_ARGS__, SKEP_HOST_OFFSET_2_, SKEP_HOST_OFFSET_1_, )(__VA_ARGS__)

#undef bpf_core_type_id_local
#undef bpf_core_type_id_kernel
#undef bpf_core_type_exists
#undef bpf_core_type_matches
#undef bpf_core_type_size
#define bpf_core_type_id_local(type)                                                               \
	skep_host_cannot("bpf_core_type_id_local(" #type ")", __FILE__, __LINE__)
#define bpf_core_type_id_kernel(type)                                                              \
	skep_host_cannot("bpf_core_type_id_kernel(" #type ")", __FILE__, __LINE__)
/* Iterators of numbers are kfuncs, which are not here: loops have another way. */
#define bpf_core_type_exists(type)                                                                 \
	(_Generic((typeof(type) *)0, struct bpf_iter_num___skep * : 0, default : 1) &&             \
	 skep_host_has(#type))
#define bpf_core_type_matches(type) skep_host_has(#type)
#define bpf_core_type_size(type)    sizeof(typeof(type))

#undef bpf_core_enum_value_exists
#undef bpf_core_enum_value
#define bpf_core_enum_value_exists(enum_type, enum_value)                                          \
	((void)sizeof((typeof(enum_type))enum_value), skep_host_has(#enum_value))
#define bpf_core_enum_value(enum_type, enum_value) ((unsigned long long)(enum_value))

#undef BPF_CORE_READ_BITFIELD
#undef BPF_CORE_READ_BITFIELD_PROBED
#define BPF_CORE_READ_BITFIELD(s, field)        ((unsigned long long)(s)->field)
#define BPF_CORE_READ_BITFIELD_PROBED(s, field) ((unsigned long long)(s)->field)

#endif
